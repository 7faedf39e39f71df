"""Ways: how to a step leads through the bodies and subflows around it, as people are told of it."""

from __future__ import annotations

from attrs import frozen


@frozen
class Pass:
    """One call of a body among several: the ``number``-th by ``node``, counted from 0 as the index of an item is.

    ``of`` is how many calls there are in all, ``item`` the text of what the call is about, without secrets; both are
    None where the node does not say.
    """

    node: str
    number: int
    of: int | None = None
    item: str | None = None

    def __str__(self) -> str:
        text = f"{'pass' if self.item is None else 'row'} {self.number}"
        if self.of is not None:
            text += f" of {self.of}"
        return text if self.item is None else f"{text}: {self.item}"


@frozen
class Way:
    """The way to a step: ``text`` is such as ``each[3] / b / c``, ``passes`` are those on it, the outermost first."""

    text: str
    passes: tuple[Pass, ...] = ()
    nested: bool = False
    """True if a body or subflow is on it."""

    @property
    def rows(self) -> str:
        """The passes as text, such as ``row 3 of 5: 'd'``; empty if there are none."""
        return ", ".join(map(str, self.passes))

    def __str__(self) -> str:
        return f"{self.text} ({self.rows})" if self.passes else self.text
