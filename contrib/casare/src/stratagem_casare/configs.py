"""The configs of drawn nodes: which keys are read, and what their texts refer to."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from attrs import define, evolve

from stratagem.errors import nearest
from stratagem.nodes import Pack
from stratagem_casare.drawing import Drawing, DrawnNode
from stratagem_casare.expression import LenientExpression
from stratagem_casare.references import Reference
from stratagem_casare.structure import order_of
from stratagem_casare.template import LenientTemplate, has_references

# CasareRPA takes these from connections alone: what a config says about them has no effect.
PORTS_ONLY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "TextSplitNode": frozenset(("text", "separator")),
        "TextReplaceNode": frozenset(("text", "old_value", "new_value")),
        "TextTrimNode": frozenset(("text",)),
        "TextCaseNode": frozenset(("text",)),
        "TextPadNode": frozenset(("text", "length")),
        "TextReverseNode": frozenset(("text",)),
        "TextLinesNode": frozenset(("text",)),
        "TextCountNode": frozenset(("text",)),
        "TextSubstringNode": frozenset(("text", "start", "end")),
        "TextContainsNode": frozenset(("text", "search")),
        "TextStartsWithNode": frozenset(("text", "prefix")),
        "TextEndsWithNode": frozenset(("text", "suffix")),
        "TextExtractNode": frozenset(("text", "pattern")),
        "TextJoinNode": frozenset(("items",)),
    }
)

_EXPRESSIONS: Mapping[tuple[str, str], bool] = MappingProxyType(
    {("IfNode", "condition"): True, ("IfNode", "expression"): False, ("SwitchNode", "expression"): False}
)
_VARIABLE_KEYS = ("variable_name", "output_var")


@define(eq=False)
class Configs:
    """Prepares the configs of one drawing; ``ignored`` collects what no node reads."""

    drawing: Drawing
    pack: Pack
    ignored: list[dict[str, Any]]
    _order: dict[str, int]
    _long_names: frozenset[str] | None

    @classmethod
    def of(cls, drawing: Drawing, pack: Pack) -> "Configs":
        """Looks at the whole drawing once."""
        return cls(drawing, pack, [], order_of(drawing.nodes, drawing.lines), _long_names(drawing))

    def prepared(self, node: DrawnNode) -> dict[str, Any]:
        """The config that the kernel gets: keys that the type reads, with lenient templates for its references."""
        return {key: self._value(node, key, value) for key, value in self._read(node).items()}

    def _read(self, node: DrawnNode) -> dict[str, Any]:
        if not self.pack.versions(node.type) or node.disabled:
            return node.config
        known = self.pack.spec(node.type, self.pack.versions(node.type)[-1]).inputs
        connected = PORTS_ONLY.get(node.type, frozenset())
        for key in node.config:
            if key not in known:
                hint = nearest(key, list(known)) or f"It takes: {', '.join(known) or 'nothing'}."
                self._ignore(node, key, hint)
            elif key in connected:
                self._ignore(node, key, "It is taken from a connection only.")
        return {key: value for key, value in node.config.items() if key in known and key not in connected}

    def _ignore(self, node: DrawnNode, key: str, hint: str) -> None:
        self.ignored.append({"node": node.id, "key": key, "line": node.line, "hint": hint})

    def _value(self, node: DrawnNode, key: str, value: Any) -> Any:
        or_text = _EXPRESSIONS.get((node.type, key))
        if or_text is not None and isinstance(value, str):
            return LenientExpression(value, lambda reference: self._narrowed(reference, node.id), or_text=or_text)
        if not has_references(value):
            return value
        return LenientTemplate(value, lambda reference: self._narrowed(reference, node.id))

    def _narrowed(self, reference: Reference, reader: str) -> Reference | None:
        """The reference as this node may read it: not what a later node gives, nor a name that nothing has."""
        nameable = self._long_names is None or reference.full in self._long_names
        later = reference.root in self._order and self._order[reference.root] >= self._order[reader]
        if later and reference.root not in self.drawing.variables and not (nameable and reference.steps[1:]):
            return None
        return evolve(reference, nameable=nameable)


def _long_names(drawing: Drawing) -> frozenset[str] | None:
    """The variables whose names look like paths; None if some names are only known in the run."""
    names = set(drawing.variables)
    for node in drawing.nodes.values():
        for key in _VARIABLE_KEYS:
            name = node.config.get(key, "")
            if not isinstance(name, str) or has_references(name):
                return None
            names.add(name)
    return frozenset(name for name in names if not name.isidentifier())
