"""Control structures: ordinary nodes that choose what goes on, or call their bodies."""

from stratagem_std.control import choices, failures, for_each, fork, leave, retry, subflows, while_, with_resource

__all__ = ["choices", "failures", "for_each", "fork", "leave", "retry", "subflows", "while_", "with_resource"]
