"""Closures: turns the syntax tree into nested functions of a scope, once; nothing is decided again when they run."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from stratagem._support.sizes import estimated_size
from stratagem.errors import BadInput, UndefinedName
from stratagem.templates import syntax
from stratagem.templates.caps import FOLDED_BYTES
from stratagem.templates.containers import dict_of, list_of, text_of
from stratagem.templates.filters import FILTERS, apply_filter
from stratagem.templates.fresh import constant_getter
from stratagem.templates.kinds import FAILURES, failure_text
from stratagem.templates.link import Evaluate, Part, TemplateLink
from stratagem.templates.missing import Missing
from stratagem.templates.operators import ARITHMETIC, COMPARISONS, negate
from stratagem.templates.references import look_ups, reference
from stratagem.templates.syntax import Syntax


def evaluator(node: Syntax, link: TemplateLink) -> Part:
    """The function that gives the node's value in a scope. It raises Missing, or BadInput."""
    part = _MAKERS[type(node)](node, link)
    return part if not part.constant or isinstance(node, syntax.Constant) else _folded(part)


def _folded(part: Part) -> Part:
    # What fails may stand in a branch that is never taken: then it must not fail before.
    try:
        value = part.call(None)
    except (BadInput, Missing):
        return Part(part.call)
    return Part(constant_getter(value), True) if estimated_size(value) <= FOLDED_BYTES else Part(part.call)


def _problem(node: Syntax, position: int, error: BaseException) -> BadInput:
    return node.source.problem(failure_text(error), position)


def _constant(node: syntax.Constant, link: TemplateLink) -> Part:
    return Part(constant_getter(node.value), True)


def _prefix(node: syntax.Prefix, link: TemplateLink) -> Part:
    operand, constant = evaluator(node.operand, link)
    operate: Callable[[Any], Any] = negate if node.sign == "-" else _not

    def call(scope: Any) -> Any:
        value = operand(scope)
        try:
            return operate(value)
        except FAILURES as error:
            raise _problem(node, node.start, error) from None

    return Part(call, constant)


def _not(value: Any) -> bool:
    return not value


def _chain(node: syntax.Chain, link: TemplateLink) -> Part:
    parts = [evaluator(operand, link) for operand in node.operands]
    constant = all(part.constant for part in parts)
    if len(parts) == 2:
        return Part(_binary(node, ARITHMETIC[node.signs[0]], node.places[0], *parts), constant)
    first = parts[0].call
    rest = [
        (ARITHMETIC[sign], part.call, place)
        for sign, part, place in zip(node.signs, parts[1:], node.places, strict=True)
    ]

    def call(scope: Any) -> Any:
        value = first(scope)
        for operate, operand, place in rest:
            right = operand(scope)
            try:
                value = operate(value, right)
            except FAILURES as error:
                raise _problem(node, place, error) from None
        return value

    return Part(call, constant)


def _comparison(node: syntax.Comparison, link: TemplateLink) -> Part:
    left, right = evaluator(node.left, link), evaluator(node.right, link)
    call = _binary(node, COMPARISONS[node.sign], node.start, left, right)
    return Part(call, left.constant and right.constant)


def _binary(node: Syntax, operate: Callable[[Any, Any], Any], place: int, left: Part, right: Part) -> Evaluate:
    if right.constant:
        return _with_constant(node, operate, place, left.call, right.call(None))
    first, second = left.call, right.call

    def call(scope: Any) -> Any:
        one, two = first(scope), second(scope)
        try:
            return operate(one, two)
        except FAILURES as error:
            raise _problem(node, place, error) from None

    return call


def _with_constant(
    node: Syntax, operate: Callable[[Any, Any], Any], place: int, left: Evaluate, right: Any
) -> Evaluate:
    def call(scope: Any) -> Any:
        value = left(scope)
        try:
            return operate(value, right)
        except FAILURES as error:
            raise _problem(node, place, error) from None

    return call


def _logic(node: syntax.Logic, link: TemplateLink) -> Part:
    parts = [evaluator(operand, link) for operand in node.operands]
    *firsts, last = [part.call for part in parts]
    decides = node.sign == "or"

    def call(scope: Any) -> Any:
        for operand in firsts:
            value = operand(scope)
            if _truth(node, value) is decides:
                return value
        return last(scope)

    return Part(call, all(part.constant for part in parts))


def _choice(node: syntax.Choice, link: TemplateLink) -> Part:
    parts = [evaluator(part, link) for part in (node.then, node.condition, node.otherwise)]
    then, condition, otherwise = [part.call for part in parts]

    def call(scope: Any) -> Any:
        return then(scope) if _truth(node, condition(scope)) else otherwise(scope)

    return Part(call, all(part.constant for part in parts))


def _truth(node: Syntax, value: Any) -> bool:
    try:
        return True if value else False  # noqa: SIM210 - quicker than a call of bool
    except FAILURES as error:
        raise _problem(node, node.start, error) from None


def _filtered(node: syntax.Filtered, link: TemplateLink) -> Part:
    base = evaluator(node.base, link)
    parts = [evaluator(argument, link) for argument in node.arguments]
    operand, apply = base.call, FILTERS[node.name].apply
    arguments = _arguments(parts)

    def call(scope: Any) -> Any:
        value, given = operand(scope), arguments(scope)
        try:
            return apply_filter(apply, value, given)
        except FAILURES as error:
            raise _problem(node, node.start, error) from None

    return Part(call, base.constant and all(part.constant for part in parts))


def _arguments(parts: list[Part]) -> Callable[[Any], tuple[Any, ...]]:
    if all(part.constant for part in parts):
        values = tuple([part.call(None) for part in parts])
        return lambda scope: values
    calls = [part.call for part in parts]
    return lambda scope: tuple([call(scope) for call in calls])


def _default(node: syntax.Default, link: TemplateLink) -> Part:
    base, fallback = evaluator(node.base, link), evaluator(node.fallback, link)
    if isinstance(node.base, syntax.Reference) and link.bound(node.base).getter is None:
        return fallback
    operand, other = base.call, fallback.call

    def call(scope: Any) -> Any:
        try:
            return operand(scope)
        except (Missing, UndefinedName):
            pass
        return other(scope)

    return Part(call, base.constant)


_MAKERS: Final[Mapping[type[Syntax], Callable[[Any, TemplateLink], Part]]] = MappingProxyType(
    {
        syntax.Constant: _constant,
        syntax.Given: lambda node, link: Part(node.call),
        syntax.Reference: lambda node, link: Part(reference(node, link)),
        syntax.Lookups: lambda node, link: look_ups(
            node, evaluator(node.base, link), [evaluator(s, link) for s in node.steps]
        ),
        syntax.Text: lambda node, link: text_of(node, [evaluator(part, link) for part in node.parts], link),
        syntax.ListOf: lambda node, link: list_of(node, [evaluator(item, link) for item in node.items]),
        syntax.DictOf: lambda node, link: dict_of(
            node, [evaluator(key, link) for key in node.keys], [evaluator(value, link) for value in node.values]
        ),
        syntax.Prefix: _prefix,
        syntax.Chain: _chain,
        syntax.Comparison: _comparison,
        syntax.Logic: _logic,
        syntax.Choice: _choice,
        syntax.Filtered: _filtered,
        syntax.Default: _default,
    }
)
