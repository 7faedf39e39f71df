"""Failures that control structures have caught, as they hand them on."""

from typing import Any

from attrs import frozen

from stratagem import StepFailed, text_of


@frozen
class Report:
    """The failure's own message, the name of its class, and the id of the node that failed."""

    message: str
    type: str
    node: str

    def entry(self, **place: Any) -> dict[str, Any]:
        """The report as a dict, ``place`` first."""
        return {**place, "message": self.message, "type": self.type, "node": self.node}


def report_of(failure: StepFailed) -> Report:
    """Return what is to be told of ``failure``: of what the node raised, where it has raised something."""
    own = own_error(failure)
    said = text_of(own) if failure.said is None else failure.said
    message = failure.what if own is failure else said
    return Report(message, type(own).__name__, failure.node or "")


def is_one_of(failure: StepFailed, names: list[str]) -> bool:
    """Return whether the failure, or what the node raised, is of a class of one of these names or derived from it."""
    classes = (*type(own_error(failure)).__mro__, *type(failure).__mro__)
    return any(known.__name__ in names for known in classes)


def own_error(failure: StepFailed) -> BaseException:
    """Return what the node itself raised; the failure where it is the kernel's own, such as a timeout."""
    return failure.__cause__ or failure
