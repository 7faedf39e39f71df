"""Pairs: which node ends which, as configs say, or else the nearest that is still open around it."""

from collections.abc import Mapping

from attrs import define, field

from stratagem_casare.drawing import DrawnNode
from stratagem_casare.structure.flow import Flow, Point
from stratagem_casare.structure.kinds import CATCH, ENDS, FINALLY, KINDS, TRY
from stratagem_casare.structure.notes import Notes, named

_KEYS = {CATCH: "catch", FINALLY: "finally"}


@define(eq=False)
class Pairs:
    """``begins`` is what each end node ends; ``parts`` the catch and finally nodes of each try, by those names, ``try_of`` the reverse."""

    nodes: Mapping[str, DrawnNode]
    notes: Notes
    begins: dict[str, str] = field(factory=dict)
    parts: dict[str, dict[str, str]] = field(factory=dict)
    try_of: dict[str, str] = field(factory=dict)
    _ended: dict[str, str] = field(factory=dict, init=False)
    _told: set[str] = field(factory=set, init=False)

    def read(self) -> None:
        """Takes the pairs that configs give, on whichever side."""
        for node in self.nodes.values():
            if node.type in ENDS:
                end = ENDS[node.type]
                for key in end.keys:
                    self._pair_end(node, self._named(node, key, end.begins), key)
            elif node.type in KINDS:
                self._read_start(node)
        for node in self.nodes.values():
            if node.type in _KEYS:
                self._pair_part(node, self._named(node, "paired_try_id", TRY), "paired_try_id")
        for node in self.nodes.values():
            if node.type == FINALLY:
                self._pair_part(
                    node, self.try_of.get(self._named(node, "paired_catch_id", CATCH), ""), "paired_catch_id"
                )
            elif node.type == CATCH and (last := self._named(node, "paired_finally_id", FINALLY)):
                self._pair_part(self.nodes[last], self.try_of.get(node.id, ""), "paired_finally_id")

    def find(self, flow: Flow) -> None:
        """Pairs what is left with the nearest that is open on the way to it."""
        for point in flow.order:
            if isinstance(point, str) and point not in self.begins and (end := ENDS.get(self.nodes[point].type)):
                self._pair_end(self.nodes[point], self._nearest(point, end.begins, flow), None)
        for node in self.nodes.values():
            if node.type in _KEYS and node.id not in self.try_of:
                self._pair_part(node, self._nearest_try(node, flow), None)

    def check(self) -> None:
        """Notes what has remained without its counterpart."""
        for node in self.nodes.values():
            if node.id in self._told:
                continue
            if node.type in ENDS and node.id not in self.begins:
                begins = ENDS[node.type].begins
                what = f"{named(node)} ends nothing: no {begins} leads to it that is still open there"
                self.notes.refuse(node, what, "Draw it inside the body, or name the start in its config.")
            elif node.type in _KEYS and not node.disabled and node.id not in self.try_of:
                what = f"{named(node)} belongs to no TryNode"
                self.notes.refuse(node, what, "Name the try in 'paired_try_id'.")

    def _named(self, node: DrawnNode, key: str, type_: str) -> str:
        """The node that the config names under ``key``; empty where it names none."""
        id_ = node.config.get(key)
        if not isinstance(id_, str) or not id_:
            return ""
        other = self.nodes.get(id_)
        if other is not None and other.type == type_:
            return id_
        known = [each.id for each in self.nodes.values() if each.type == type_]
        what = f"there is no node {id_!r}" if other is None else f"{named(other)} is no {type_}"
        self.notes.unknown(node, what, id_, known, key)
        return ""

    def _read_start(self, node: DrawnNode) -> None:
        if node.type == TRY:
            for type_, part in _KEYS.items():
                if id_ := self._named(node, f"paired_{part}_id", type_):
                    self._pair_part(self.nodes[id_], node.id, f"paired_{part}_id")
            return
        for type_, end in ENDS.items():
            if (
                end.begins == node.type
                and end.output == "completed"
                and (id_ := self._named(node, "paired_end_id", type_))
            ):
                self._pair_end(self.nodes[id_], node.id, "paired_end_id")

    def _pair_end(self, end: DrawnNode, begin: str, key: str | None) -> None:
        if not begin or self.begins.get(end.id) == begin:
            return
        other = self.begins.get(end.id) or self._ended.get(begin)
        if other is not None:
            what = f"{named(end)} and {named(self.nodes[other])} can't both belong to {named(self.nodes[begin])}"
            self._told |= {end.id, other}
            self.notes.refuse(end, what, "Each start has one end node: bring the ways together before it.", key=key)
            return
        self.begins[end.id] = begin
        if ENDS[end.type].output == "completed":  # attempts may end at several places
            self._ended[begin] = end.id

    def _pair_part(self, node: DrawnNode, owner: str, key: str | None) -> None:
        if not owner or node.disabled:
            return
        before, other = self.try_of.get(node.id), self.parts.get(owner, {}).get(_KEYS[node.type])
        if before is None and other is None:
            self.parts.setdefault(owner, {})[_KEYS[node.type]] = node.id
            self.try_of[node.id] = owner
        elif other is not None and other != node.id:
            what = f"{named(node)} and {named(self.nodes[other])} can't both belong to {named(self.nodes[owner])}"
            self._told |= {node.id, other}
            self.notes.refuse(node, what, f"A try has one {node.type}; draw a try inside the other for more.", key=key)
        elif before is not None and before != owner:
            what = f"{named(node)} can't belong to both {named(self.nodes[before])} and {named(self.nodes[owner])}"
            self.notes.refuse(node, what, f"Each try has a {node.type} of its own.", key=key)

    def _nearest(self, end: str, type_: str, flow: Flow) -> str:
        """The start of the innermost body around the node that no other end node on the way has ended."""
        skip: Point | None = None
        for point in flow.climb(end):
            if skip is not None and point != skip:
                continue
            skip = None
            if isinstance(point, str) and point in self.begins:
                skip = self.begins[point]
            elif not isinstance(point, str) and self.nodes[point[0]].type == type_ and point[1] in KINDS[type_].bodies:
                return point[0]
        return ""

    def _nearest_try(self, node: DrawnNode, flow: Flow) -> str:
        part = _KEYS[node.type]
        for point in flow.climb(node.id):
            if isinstance(point, str) and self._is_open(point, part):
                return point
        still_open = [id_ for id_ in self.nodes if self._is_open(id_, part)]
        return still_open[0] if len(still_open) == 1 and flow.above.get(node.id) is None else ""

    def _is_open(self, id_: str, part: str) -> bool:
        node = self.nodes[id_]
        return node.type == TRY and not node.disabled and part not in self.parts.get(id_, {})
