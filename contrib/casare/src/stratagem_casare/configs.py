"""The configs of drawn nodes: which keys are read, and what their texts refer to."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from attrs import define, evolve

from stratagem import MISSING, BadInput, Hint, NodeSpec, Pack, suggestion
from stratagem_casare.drawing import Drawing, DrawnNode
from stratagem_casare.expression import LenientExpression
from stratagem_casare.references import Reference
from stratagem_casare.structure import NOTHING, Sight, Sights, Structure, Wire
from stratagem_casare.structure.kinds import LOOPS, PAIRING, SUBFLOW
from stratagem_casare.template import LenientTemplate, WireTemplate, has_references

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
    {
        ("IfNode", "condition"): True,
        ("IfNode", "expression"): False,
        ("SwitchNode", "expression"): False,
        ("EvaluateExpressionNode", "expression"): False,
        ("WhileLoopStartNode", "condition"): True,
        ("WhileLoopStartNode", "expression"): False,
    }
)
_UNREAD = "nothing reads this key"
_VARIABLE_KEYS = ("variable_name", "output_var", "item_var")


@define(eq=False)
class Configs:
    """Prepares the configs of one drawing.

    ``doubts`` collects what is written in vain, ``kept`` the nodes whose outputs are read where the kernel's names do not
    reach, with the variables that keep them.
    """

    drawing: Drawing
    pack: Pack
    sights: Sights
    doubts: list[BadInput]
    kept: dict[str, str]
    _names: frozenset[str]
    _long_names: frozenset[str] | None

    @classmethod
    def of(cls, structure: Structure, pack: Pack) -> "Configs":
        """Looks at the whole drawing once."""
        drawing = structure.drawing
        names, computed = _variable_names(drawing)
        long_names = None if computed else frozenset(name for name in names if not name.isidentifier())
        return cls(drawing, pack, Sights(structure.parts, structure.flow), [], {}, frozenset(names), long_names)

    def prepared(self, node: DrawnNode) -> dict[str, Any]:
        """The config that the kernel gets: keys that the type reads, with lenient templates for its references."""
        return {key: self._value(node, key, value) for key, value in self._read(node).items()}

    def _read(self, node: DrawnNode) -> dict[str, Any]:
        spec = self.spec(node)
        config = {key: value for key, value in node.config.items() if key not in PAIRING}
        if spec is None:
            return config
        known = spec.inputs if spec.extra_inputs is MISSING else {**config, **spec.inputs}
        only = PORTS_ONLY.get(node.type, frozenset())
        connected = {key for key in only if not isinstance(config.get(key), Wire)}
        for key in config:
            if key not in known:
                hint = suggestion(key, known, "It takes: {}.")
                self._doubt(node, key, _UNREAD, hint)
            elif key in connected:
                self._doubt(node, key, _UNREAD, "It is taken from a connection only.")
        return {key: value for key, value in config.items() if key in known and key not in connected}

    def spec(self, node: DrawnNode) -> NodeSpec | None:
        """The node's type; None for one that nobody offers, or that is passed over."""
        versions = self.pack.versions(node.type)
        return self.pack.spec(node.type, versions[-1]) if versions and not node.disabled else None

    def _doubt(self, node: DrawnNode, key: str, what: str, hint: str | Hint) -> None:
        self.doubts.append(BadInput(what, node=node.id, key=key, line=node.line, hint=hint))

    def _value(self, node: DrawnNode, key: str, value: Any) -> Any:
        if isinstance(value, Wire):
            return WireTemplate(self._wired(value, node.id))
        or_text = _EXPRESSIONS.get((node.type, key))
        if or_text is not None and isinstance(value, str):
            expression = LenientExpression(value, lambda reference: self._narrowed(reference, node.id), or_text=or_text)
            if value.strip() and not (or_text or expression.readable):
                what = f"this expression can't be read, and counts as false: {value}"
                self._doubt(node, key, what, "It may have comparisons, 'and', 'or', 'not', arithmetic, True and False.")
            return expression
        if not has_references(value):
            return value
        return LenientTemplate(value, lambda reference: self._narrowed(reference, node.id))

    def _narrowed(self, reference: Reference, reader: str) -> Reference | None:
        """The reference as this node may read it: not what a later node gives, nor a name that nothing has."""
        nameable = bool(reference.steps[1:]) and (self._long_names is None or reference.full in self._long_names)
        source = reference.root
        if source not in self.drawing.nodes or not reference.steps[1:]:
            return evolve(reference, nameable=nameable)
        sight = self._sight(reader, source, str(reference.steps[1]))
        direct = sight.step or (source in self._names and not self._is_visible(reader, source))
        kept = self._kept_as(source) if sight.kept else None
        if not (direct or kept or nameable):
            return evolve(reference, nameable=False) if source in self.drawing.variables else None
        return evolve(reference, nameable=nameable, direct=direct, kept=kept)

    def _wired(self, wire: Wire, reader: str) -> Reference:
        """Return what a line takes from another graph: the value in this pass, else the last one."""
        sight = self._sight(reader, wire.source, wire.port)
        kept = self._kept_as(wire.source) if sight.kept else None
        full = f"{wire.source}.{wire.port}"
        return Reference(full, full, (wire.source, wire.port), nameable=False, direct=sight.step, kept=kept)

    def _sight(self, reader: str, source: str, port: str) -> Sight:
        node = self.drawing.nodes[source]
        spec = self.spec(node)
        if spec is not None and node.type != SUBFLOW and port not in spec.outputs:
            return NOTHING
        sight = self.sights.of(reader, source, port)
        if node.type == SUBFLOW and not node.disabled and (sight.step or sight.kept):
            sight = evolve(sight, step=False, kept=True)  # its outputs are named by another file
        if sight.kept and sight.wait is not None and sight.wait[0] != sight.wait[1]:
            self.sights.parts.of[sight.wait[0]].wait(*sight.wait)
        return sight

    def _is_visible(self, reader: str, source: str) -> bool:
        parts = self.sights.parts.of
        return parts[source] in list(parts[reader].outwards())

    def _kept_as(self, source: str) -> str:
        return self.kept.setdefault(source, f"{source} outputs" if source in self._names else source)


def _variable_names(drawing: Drawing) -> tuple[set[str], bool]:
    """The names of variables that are known before a run, and whether there may be others."""
    names, computed = set(drawing.variables), False
    for node in drawing.nodes.values():
        for key in _VARIABLE_KEYS:
            name = node.config.get(key, "item" if key == "item_var" and node.type in LOOPS else "")
            if not isinstance(name, str) or has_references(name):
                computed = True
            elif name:
                names |= {name, f"{name}_index"} if key == "item_var" else {name}
    return names, computed
