"""Texts, lists and dicts that are made of parts, as functions of a scope."""

from typing import Any, Final

from stratagem._support.extent import TooLarge, require_walkable
from stratagem.errors import BadInput
from stratagem.templates import syntax
from stratagem.templates.caps import RESULT_CHARS
from stratagem.templates.kinds import FAILURES, OperandsRefused, failure_text, kind_of
from stratagem.templates.link import Evaluate, Part, TemplateLink
from stratagem.templates.secret import Secret
from stratagem.templates.show import has_secret, to_text

_ONLY_TEXT: Final = frozenset((str,))


def list_of(node: syntax.ListOf, items: list[Part]) -> Part:
    """A new list (or tuple, as the config has it) at each call; constant items are put in place only once."""
    row = [item.call(None) if item.constant else None for item in items]
    changing = [(index, item.call) for index, item in enumerate(items) if not item.constant or _container(row[index])]

    def call(scope: Any) -> Any:
        result = row.copy()
        for index, get in changing:
            result[index] = get(scope)
        return result

    made: Evaluate = (lambda scope: tuple(call(scope))) if node.as_tuple else call
    return Part(made, all(item.constant for item in items))


def dict_of(node: syntax.DictOf, keys: list[Part], values: list[Part]) -> Part:
    """A new dict at each call; constant values are put in place only once."""
    names = [key.call(None) for key in keys if key.constant]
    if len(names) == len(keys) and _distinct(names):
        return Part(_with_known_keys(names, values), all(value.constant for value in values))

    def call(scope: Any) -> Any:
        found = [_key(node, at, key.call(scope)) for at, key in zip(node.keys, keys, strict=True)]
        return dict(zip(found, [value.call(scope) for value in values], strict=True))

    return Part(call, all(part.constant for part in (*keys, *values)))


def _distinct(names: list[Any]) -> bool:
    try:
        return len(set(names)) == len(names)
    except TypeError:
        return False


def _with_known_keys(names: list[Any], values: list[Part]) -> Evaluate:
    pairs = list(zip(names, values, strict=True))
    base = {name: value.call(None) if value.constant else None for name, value in pairs}
    changing = [(name, value.call) for name, value in pairs if not value.constant or _container(base[name])]

    def call(scope: Any) -> Any:
        result = base.copy()
        for name, get in changing:
            result[name] = get(scope)
        return result

    return call


def _key(node: syntax.DictOf, at: syntax.Syntax, key: Any) -> Any:
    try:
        require_walkable(key, "the key of a dict")
        hash(key)
    except (TypeError, TooLarge):
        raise node.source.problem(f"the key of a dict is text or a number, not {kind_of(key)}", at.start) from None
    return key


def _container(value: Any) -> bool:
    return type(value) in (list, dict, tuple)


def text_of(node: syntax.Text, parts: list[Part], link: TemplateLink) -> Part:
    """Text with pieces, joined; secret if a piece is."""
    fixed, pieces = _layout(node, parts)
    room = RESULT_CHARS - sum(map(len, fixed))
    if room < 0:
        raise _too_large(node)
    if not pieces:
        return Part(lambda scope: fixed[0], True)
    calls = [parts[index].call for index in pieces]
    nodes = tuple([node.parts[index] for index in pieces])
    if len(pieces) == 1:
        return Part(_one_piece(nodes[0], calls[0], fixed[0], fixed[1], room))
    quick = [_quick(at, call, link) for at, call in zip(nodes, calls, strict=True)]
    row = [text for before in fixed for text in (before, "")][:-1]
    return Part(_many_pieces(nodes, calls, quick, row, room))


def _layout(node: syntax.Text, parts: list[Part]) -> tuple[list[str], list[int]]:
    """The fixed texts before, between and behind the changing pieces, and the indices of those."""
    fixed: list[list[str]] = [[]]
    pieces = []
    for index, part in enumerate(parts):
        if part.constant:
            fixed[-1].append(_text(node.parts[index], part.call(None)))
        else:
            pieces.append(index)
            fixed.append([])
    return ["".join(texts) for texts in fixed], pieces


def _quick(node: syntax.Syntax, call: Evaluate, link: TemplateLink) -> Evaluate:
    """The getter itself where it is all that the piece needs; what it raises is then not explained yet."""
    if not isinstance(node, syntax.Reference):
        return call
    bound = link.bound(node)
    return bound.getter if bound.getter and bound.steps >= len(node.steps) else call


def _one_piece(node: syntax.Syntax, get: Evaluate, before: str, behind: str, room: int) -> Evaluate:
    def call(scope: Any) -> str:
        value = get(scope)
        text = value if type(value) is str else _text(node, value)
        if len(text) > room:
            raise _too_large(node)
        return before + text + behind

    return call


def _many_pieces(
    nodes: tuple[syntax.Syntax, ...], calls: list[Evaluate], quick: list[Evaluate], row: list[str], room: int
) -> Evaluate:
    def call(scope: Any) -> str:
        try:
            values = [get(scope) for get in quick]
        except LookupError:
            values = [get(scope) for get in calls]
        plain = _ONLY_TEXT.issuperset(map(type, values))
        texts = values if plain else _texts(nodes, values)
        if sum(map(len, texts)) > room:
            raise _too_large(nodes[0])
        result = row.copy()
        result[1::2] = texts
        text = "".join(result)
        return text if plain or not has_secret(texts) else Secret(text)

    return call


def _texts(nodes: tuple[syntax.Syntax, ...], values: list[Any]) -> list[str]:
    return [value if type(value) is str else _text(node, value) for node, value in zip(nodes, values, strict=True)]


def _text(node: syntax.Syntax, value: Any) -> str:
    try:
        return to_text(value)
    except FAILURES as error:
        raise node.source.problem(failure_text(error), node.start) from None


def _too_large(node: syntax.Syntax) -> BadInput:
    return node.source.problem(
        failure_text(OperandsRefused(f"the text has more than {RESULT_CHARS} characters")), node.start
    )
