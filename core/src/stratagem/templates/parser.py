"""Parser: from text to the syntax tree, in one pass.

Within one pair of brackets, operators are ordered with two stacks instead of recursion; only brackets and
``x if c else y`` recurse, at most `DEPTH` times.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from stratagem._support.suggesting import suggestion
from stratagem.errors import BadInput
from stratagem.templates import syntax
from stratagem.templates.caps import DEPTH, NODES, TEXT_CHARS
from stratagem.templates.filters import FILTERS
from stratagem.templates.operands import Operands
from stratagem.templates.reserved import KEYWORDS, LITERALS
from stratagem.templates.scanner import MISTAKEN, Scanner
from stratagem.templates.source_text import SourceText
from stratagem.templates.syntax import Syntax

_INFIX_SIGNS: Final = frozenset(("==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "//", "%"))

_Made = TypeVar("_Made", bound=Syntax)
_Item = TypeVar("_Item")


class Parser:
    """Parses the expressions of one text; ``references`` collects what they read, in order of appearance."""

    __slots__ = ("_depth", "_nodes", "_scanner", "_source", "references")

    def __init__(self, source: SourceText) -> None:
        if len(source.text) > TEXT_CHARS:
            raise source.problem(f"a template of more than {TEXT_CHARS} characters", TEXT_CHARS)
        self._source = source
        self._scanner = Scanner(source)
        self._depth = 0
        self._nodes = 0
        self.references: list[syntax.Reference] = []

    def text(self, position: int) -> Syntax:
        """The whole text as a template; ``position`` is that of its first ``{{``.

        Raises:
            BadInput: the text is not well-formed, or larger than the caps allow.
        """
        text, end = self._source.text, 0
        parts: list[Syntax] = []
        while position >= 0:
            if position > end:
                parts.append(self.make(syntax.Constant, end, (), text[end:position]))
            part, end = self.piece(position)
            parts.append(part)
            position = text.find("{{", end)
        if end < len(text):
            parts.append(self.make(syntax.Constant, end, (), text[end:]))
        return parts[0] if len(parts) == 1 else self.make(syntax.Text, 0, parts, tuple(parts))

    def piece(self, position: int) -> tuple[Syntax, int]:
        """The expression between the ``{{`` at ``position`` and its ``}}``, and the position behind that."""
        scanner = self._scanner
        scanner.start = scanner.end = position + 2
        scanner.advance()
        if scanner.at_close():
            raise self._source.problem("an empty expression", position)
        expression = None if scanner.at_end() else self._expression()
        if expression is None or scanner.at_end():
            raise self._source.problem("'{{' is not closed", position, "For the characters write {{ '{{' }}.")
        if not scanner.at_close():
            raise self.unexpected("'}}'")
        return expression, scanner.start + 2

    def bare(self) -> Syntax:
        """The whole text as an expression without ``{{ }}``."""
        self._scanner.advance()
        if self._scanner.at_end():
            raise self._source.problem("an empty expression", 0)
        expression = self._expression()
        if not self._scanner.at_end():
            raise self.unexpected("an operator or the end")
        return expression

    def make(self, kind: Callable[..., _Made], start: int, parts: Sequence[Syntax], *fields: Any) -> _Made:
        """A node of the tree whose parts are ``parts``; both its height and the number of nodes are capped."""
        self._nodes += 1
        if self._nodes > NODES:
            raise self._source.problem(f"more than {NODES} literals, names and operators in one text", start)
        height = 1 + max([part.height for part in parts]) if parts else 0
        if height > DEPTH:
            raise self._too_deep(start)
        return kind(self._source, start, height, *fields)

    def unexpected(self, wanted: str) -> BadInput:
        """The error for a current token that can't stand where it does."""
        scanner = self._scanner
        if scanner.at_end():
            return self._source.problem(f"{wanted} expected, but the text ends", scanner.start)
        found = self._source.text[scanner.start : scanner.end]
        hint = MISTAKEN.get(found) if scanner.kind == "sign" else None
        return self._source.problem(f"{wanted} expected, not {found[:40]!r}", scanner.start, hint)

    def _too_deep(self, position: int) -> BadInput:
        return self._source.problem(f"more than {DEPTH} operators or brackets within one another", position)

    def _expression(self) -> Syntax:
        self._depth += 1
        if self._depth > DEPTH:
            raise self._too_deep(self._scanner.start)
        start = self._scanner.start
        value = self._operation()
        if self._word("if"):
            value = self._choice(start, value)
        self._depth -= 1
        return value

    def _choice(self, start: int, then: Syntax) -> Syntax:
        self._scanner.advance()
        condition = self._operation()
        if not self._word("else"):
            raise self.unexpected("'else'")
        self._scanner.advance()
        otherwise = self._expression()
        return self.make(syntax.Choice, start, (then, condition, otherwise), then, condition, otherwise)

    def _operation(self) -> Syntax:
        operands = Operands(self)
        while True:
            self._prefixes(operands)
            operands.push(self._operand())
            sign, start = self._infix()
            if sign is None:
                return operands.result()
            operands.infix(sign, start)

    def _prefixes(self, operands: Operands) -> None:
        scanner = self._scanner
        while scanner.is_sign("-") or self._word("not"):
            operands.prefix(scanner.value, scanner.start)
            scanner.advance()

    def _infix(self) -> tuple[str | None, int]:
        scanner = self._scanner
        sign, start = scanner.value, scanner.start
        if scanner.kind == "sign" and sign in _INFIX_SIGNS:
            scanner.advance()
            return sign, start
        if scanner.kind != "name" or sign not in ("and", "or", "in", "not"):
            return None, start
        scanner.advance()
        if sign != "not":
            return sign, start
        if not self._word("in"):
            raise self.unexpected("'in' after 'not'")
        scanner.advance()
        return "not in", start

    def _word(self, word: str) -> bool:
        return self._scanner.kind == "name" and self._scanner.value == word

    def _operand(self) -> Syntax:
        first, start = len(self.references), self._scanner.start
        value = self._look_ups(self._primary(), start)
        while self._scanner.is_sign("|"):
            value = self._filtered(value, first)
        return value

    def _primary(self) -> Syntax:
        scanner = self._scanner
        kind, value, start = scanner.kind, scanner.value, scanner.start
        if kind == "name" and value not in KEYWORDS:
            scanner.advance()
            return self._name(value, start)
        if kind in ("number", "string"):
            scanner.advance()
            return self.make(syntax.Constant, start, (), value)
        if kind == "sign" and value in ("(", "[", "{"):
            scanner.advance()
            return self._bracket(value, start)
        raise self.unexpected("a value")

    def _name(self, name: str, start: int) -> Syntax:
        if name in LITERALS:
            return self.make(syntax.Constant, start, (), LITERALS[name])
        reference = self.make(syntax.Reference, start, (), name)
        self.references.append(reference)
        return reference

    def _bracket(self, bracket: str, start: int) -> Syntax:
        if bracket == "(":
            inner = self._expression()
            self._expect(")")
            return inner
        if bracket == "[":
            items = self._until("]", self._expression)
            return self.make(syntax.ListOf, start, items, tuple(items))
        pairs = self._until("}", self._pair)
        keys, values = tuple(key for key, _ in pairs), tuple(value for _, value in pairs)
        return self.make(syntax.DictOf, start, keys + values, keys, values)

    def _pair(self) -> tuple[Syntax, Syntax]:
        key = self._expression()
        self._expect(":")
        return key, self._expression()

    def _until(self, end: str, read: Callable[[], _Item]) -> list[_Item]:
        items: list[Any] = []
        while not self._scanner.is_sign(end):
            items.append(read())
            if not self._scanner.is_sign(","):
                break
            self._scanner.advance()
        self._expect(end)
        return items

    def _expect(self, sign: str) -> None:
        if not self._scanner.is_sign(sign):
            raise self.unexpected(f"{sign!r}")
        self._scanner.advance()

    def _look_ups(self, base: Syntax, start: int) -> Syntax:
        steps: list[tuple[Syntax, int]] = []
        while self._scanner.kind == "sign" and self._scanner.value in (".", "[", "("):
            steps.append(self._look_up())
        if isinstance(base, syntax.Reference) and not base.steps:
            steps = _take_static(base, steps)
        if not steps:
            return base
        nodes, ends = zip(*steps, strict=True)
        return self.make(syntax.Lookups, start, (base, *nodes), base, nodes, ends)

    def _look_up(self) -> tuple[Syntax, int]:
        scanner = self._scanner
        sign = scanner.value
        if sign == "(":
            hint = "A filter is written x | name(arguments)."
            raise self._source.problem("nothing can be called", scanner.start, hint)
        scanner.advance()
        if sign == ".":
            return self._dotted()
        step, end = self._expression(), scanner.end
        self._expect("]")
        return step, end

    def _dotted(self) -> tuple[Syntax, int]:
        scanner = self._scanner
        if scanner.kind == "number":
            digits = self._source.text[scanner.start : scanner.end][:20]
            raise self._source.problem("a number can't follow a dot", scanner.start, f"Write [{digits}] for an index.")
        if scanner.kind != "name" or scanner.value.startswith("$"):
            raise self.unexpected("a name after the dot")
        step, end = self.make(syntax.Constant, scanner.start, (), scanner.value), scanner.end
        scanner.advance()
        return step, end

    def _filtered(self, base: Syntax, first_reference: int) -> Syntax:
        scanner = self._scanner
        scanner.advance()
        if scanner.kind != "name":
            raise self.unexpected("the name of a filter")
        name, start = scanner.value, scanner.start
        if name != "default" and name not in FILTERS:
            hint = suggestion(name, FILTERS, f"There are default, {', '.join(FILTERS)}.")
            raise self._source.problem(f"there is no filter {name[:40]!r}", start, hint)
        scanner.advance()
        if name == "default":
            for reference in self.references[first_reference:]:
                reference.optional = True
        arguments = self._arguments(name, start)
        if name == "default":
            return self.make(syntax.Default, start, (base, *arguments), base, arguments[0])
        return self.make(syntax.Filtered, start, (base, *arguments), base, name, arguments)

    def _arguments(self, name: str, start: int) -> tuple[Syntax, ...]:
        arguments: list[Syntax] = []
        if self._scanner.is_sign("("):
            self._scanner.advance()
            arguments = self._until(")", self._expression)
        least, most = (1, 1) if name == "default" else FILTERS[name].arguments
        if least <= len(arguments) <= most:
            return tuple(arguments)
        wanted = str(least) if least == most else f"{least} to {most}"
        raise self._source.problem(f"the filter {name!r} takes {wanted} argument(s), not {len(arguments)}", start)


def _take_static(base: syntax.Reference, steps: list[tuple[Syntax, int]]) -> list[tuple[Syntax, int]]:
    """Gives the steps that are known already to the reference; returns the rest."""
    static: list[str | int] = []
    for step, _ in steps:
        if not isinstance(step, syntax.Constant) or type(step.value) not in (str, int):
            break
        static.append(step.value)
    base.steps = tuple(static)
    return steps[len(static) :]
