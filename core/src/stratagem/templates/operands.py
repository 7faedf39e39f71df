"""Operands: puts the operands and operators of one expression in order by precedence."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol

from stratagem.errors import BadInput
from stratagem.templates import syntax
from stratagem.templates.syntax import Syntax

_OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _MINUS = range(7)
_PRECEDENCE: Final[Mapping[str, int]] = MappingProxyType(
    {
        "or": _OR,
        "and": _AND,
        **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in", "not in"), _COMPARE),
        **dict.fromkeys(("+", "-"), _SUM),
        **dict.fromkeys(("*", "/", "//", "%"), _PRODUCT),
    }
)


class Maker(Protocol):
    """The parser, as far as operands need it: it makes nodes of the tree, and errors at its current token."""

    def make(self, kind: Callable[..., Syntax], start: int, parts: Sequence[Syntax], *fields: Any) -> Syntax: ...

    def unexpected(self, wanted: str) -> BadInput: ...


class Operands:
    """Two stacks: operands that wait for an operator, and operators that wait for a weaker one to follow."""

    __slots__ = ("_parser", "_values", "_waiting")

    def __init__(self, parser: Maker) -> None:
        self._parser = parser
        self._values: list[Syntax] = []
        self._waiting: list[tuple[int, str, int]] = []

    def push(self, value: Syntax) -> None:
        """An operand was read."""
        self._values.append(value)

    def prefix(self, sign: str, start: int) -> None:
        """A ``-`` or ``not`` was read where an operand must follow."""
        precedence = _MINUS if sign == "-" else _NOT
        if precedence == _NOT and self._waiting and self._waiting[-1][0] > _NOT:
            raise self._parser.unexpected("a value, or 'not …' in parentheses,")
        self._waiting.append((precedence, sign, start))

    def infix(self, sign: str, start: int) -> None:
        """An operator was read behind an operand.

        Operators of equal precedence wait together, so that a chain of any length becomes one node, in linear time.
        """
        precedence = _PRECEDENCE[sign]
        self._combine_above(precedence)
        if precedence == _COMPARE and self._waiting and self._waiting[-1][0] == _COMPARE:
            hint = "Write `a < b and b < c`, or use parentheses."
            raise self._values[-1].source.problem("comparisons can't be chained", start, hint)
        self._waiting.append((precedence, sign, start))

    def result(self) -> Syntax:
        """All of them as one."""
        self._combine_above(-1)
        return self._values.pop()

    def _combine_above(self, precedence: int) -> None:
        while self._waiting and self._waiting[-1][0] > precedence:
            if self._waiting[-1][0] in (_MINUS, _NOT):
                self._combine_prefix()
            else:
                self._combine_run()

    def _combine_prefix(self) -> None:
        _, sign, start = self._waiting.pop()
        value = self._values.pop()
        if sign == "-" and isinstance(value, syntax.Constant) and type(value.value) in (int, float):
            self._values.append(self._parser.make(syntax.Constant, start, (), -value.value))
        else:
            self._values.append(self._parser.make(syntax.Prefix, start, (value,), sign, value))

    def _combine_run(self) -> None:
        first = last = len(self._waiting) - 1
        precedence = self._waiting[last][0]
        while first > 0 and self._waiting[first - 1][0] == precedence:
            first -= 1
        count = last - first + 1
        run, self._waiting[first:] = self._waiting[first:], []
        values, self._values[-count - 1 :] = tuple(self._values[-count - 1 :]), []
        self._values.append(self._joined(precedence, run, values))

    def _joined(self, precedence: int, run: list[tuple[int, str, int]], values: tuple[Syntax, ...]) -> Syntax:
        make = self._parser.make
        _, sign, start = run[0]
        if precedence == _COMPARE:
            return make(syntax.Comparison, start, values, sign, *values)
        if precedence in (_OR, _AND):
            return make(syntax.Logic, start, values, sign, values)
        return make(syntax.Chain, start, values, tuple(item[1] for item in run), values, tuple(item[2] for item in run))
