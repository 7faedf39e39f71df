"""Costly: which parts of a template may be worth keeping, told by what is written."""

from __future__ import annotations

from typing import Final

from stratagem import Feed, syntax
from stratagem_variable_cache.trees import parts

FILTERS: Final = frozenset(
    ("json", "join", "keys", "lower", "max", "min", "replace", "reverse", "sort", "split", "string", "sum", "title",
     "trim", "unique", "upper", "values")
)  # fmt: skip
"""Filters whose work grows with their value. The others take about as long as a look into the cache."""

NEW_LISTS: Final = frozenset(("keys", "reverse", "sort", "split", "unique", "values"))
"""Of these, the ones that give a new list of the entries of the old value."""


def may_be_kept(node: syntax.Syntax, feed: Feed) -> bool:
    """Return whether it is filtered with one of `FILTERS` and read from nothing but variables, outputs and ports."""
    if not isinstance(node, syntax.Filtered):
        return False
    within = list(parts(node))
    if not any(isinstance(part, syntax.Filtered) and part.name in FILTERS for part in within):
        return False
    sources = [feed.source(part.path) for part in within if isinstance(part, syntax.Reference)]
    return any(sources) and all(source is None or source.kind in ("variable", "step", "port") for source in sources)
