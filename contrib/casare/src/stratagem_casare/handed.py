"""Handed: what structured nodes are told that no config says, and what their bodies hand back."""

from collections.abc import Iterator
from math import inf
from typing import Any

from stratagem import TemplatePath
from stratagem_casare import coerce
from stratagem_casare.configs import Configs
from stratagem_casare.drawing import DrawnNode
from stratagem_casare.gather import FirstThere, Gathered, port
from stratagem_casare.nodes.parallel import TIMEOUT
from stratagem_casare.structure import Part, Structure
from stratagem_casare.structure.kinds import (
    CATCH,
    FINALLY,
    FORK,
    JOIN,
    KINDS,
    LEAVING,
    PARALLEL,
    RETRY,
    SUBFLOW,
    SUCCESS,
    SWITCH,
    TRY,
)
from stratagem_casare.structure.lines import goes_on


class Handed:
    """Gives the inputs and results that the structure of a drawing adds."""

    def __init__(self, structure: Structure, configs: Configs) -> None:
        self._structure = structure
        self._configs = configs
        self._nodes = structure.drawing.nodes
        self._ways = goes_on(structure.lines.kept)
        self._cases: dict[str, list[str]] = {}
        for id_, output in self._ways:
            if output.startswith("case_"):
                self._cases.setdefault(id_, []).append(output.removeprefix("case_"))

    def to(self, drawn: DrawnNode, part: Part) -> dict[str, Any]:
        """The inputs that a node gets besides its config."""
        if drawn.disabled:
            return {}
        match drawn.type:
            case type_ if type_ in LEAVING:
                return {"paired_loop_start_id": self._structure.loops.get(drawn.id, "")}
            case type_ if type_ == CATCH and part.owner:
                names = ("error_message", "error_type", "stack_trace")
                return {name: FirstThere([port(part.owner, name)]) for name in names}
            case type_ if type_ == FINALLY and part.owner:
                return {"had_error": FirstThere([port(part.owner, "had_error")], False)}
            case type_ if type_ == TRY:
                return self._of_catch(drawn, part)
            case type_ if type_ == PARALLEL:
                item = drawn.config.get("item_var", "item")
                return {"index_var": f"{item}_index"} if isinstance(item, str) and item else {}
            case type_ if type_ == RETRY:
                return {"must_succeed": not self._goes_on(drawn, "failed")}
            case type_ if type_ == SUBFLOW:
                return {"must_succeed": not self._goes_on(drawn, "error")}
            case type_ if type_ == SWITCH:
                return {"drawn_cases": self._cases.get(drawn.id, [])}
            case type_ if type_ == JOIN:
                return {"branches": Gathered(self._branches(drawn, part))}
        return {}

    def result_of(self, part: Part) -> Any:
        """Return what a body gives back: that an attempt has succeeded, or what the last node of a pass has given."""
        owner = self._nodes[part.owner] if part.owner else None
        if owner is not None and owner.type == RETRY:
            ends = [node.id for node in part.nodes.values() if node.type == SUCCESS and not node.disabled]
            return FirstThere([port(id_, "reached") for id_ in ends], False) if ends else True
        if owner is not None and owner.type == PARALLEL:
            return FirstThere(list(self._last_first(part)))
        return None

    def result_of_flow(self) -> Any:
        """Return what a flow that declares outputs gives to the flow that calls it, by their names."""
        outputs = self._structure.drawing.outputs
        return Gathered(outputs) if outputs else None

    def timeout(self, drawn: DrawnNode, part: Part) -> float | None:
        """Seconds that a step in a ParallelForEachNode may take; None where there is no limit."""
        if drawn.type in KINDS or drawn.type == SUBFLOW:
            return None  # what runs other steps is bounded by their limits
        owners = [self._nodes[each.owner] for each in part.outwards() if each.owner]
        loop = next((owner for owner in owners if owner.type == PARALLEL), None)
        if loop is None:
            return None
        try:
            limit = coerce.number(loop.config.get("timeout_per_item"), TIMEOUT)
        except ValueError:
            return None
        return limit if 0 < limit < inf else None

    def _of_catch(self, drawn: DrawnNode, part: Part) -> dict[str, Any]:
        body = part.bodies.get(drawn.id, {}).get("catch")
        catch = next((node for node in body.nodes.values() if node.type == CATCH), None) if body else None
        types = catch.config.get("error_types") if catch else None
        return {"error_types": types} if isinstance(types, (str, list)) and types else {}

    def _goes_on(self, drawn: DrawnNode, output: str) -> bool:
        return (drawn.id, output) in self._ways

    def _last_first(self, part: Part) -> Iterator[TemplatePath | dict[str, TemplatePath]]:
        """The outputs of the nodes of a body, those of the last first."""
        for id_ in sorted(part.nodes, key=lambda id_: part.ranks[id_], reverse=True):
            outputs = self._outputs(id_)
            if len(outputs) == 1:
                yield port(id_, outputs[0])
            elif outputs:
                yield {name: port(id_, name) for name in outputs}

    def _branches(self, join: DrawnNode, part: Part) -> dict[str, Any]:
        """For each branch of its fork: the outputs of the nodes in it by id, and the variables that they set."""
        fork = join.config.get("paired_fork_id") or self._fork_of(join)
        flow, found = self._structure.flow, {}
        for point in dict.fromkeys(flow.order):
            if isinstance(point, tuple) and point[0] == fork:
                before = [id_ for id_ in part.nodes if part.ranks[id_] < part.ranks[join.id]]
                within = flow.inside(point)
                branch = [id_ for id_ in before if id_ in within]
                found[point[1]] = {**self._variables(branch, part), **self._values(branch)}
        return dict(sorted(found.items(), key=lambda item: (len(item[0]), item[0])))

    def _fork_of(self, join: DrawnNode) -> str:
        above = self._structure.flow.climb(join.id)
        return next((id_ for id_ in above if isinstance(id_, str) and self._nodes[id_].type == FORK), "")

    def _values(self, ids: list[str]) -> dict[str, Any]:
        return {id_: {name: port(id_, name) for name in self._outputs(id_)} for id_ in ids if self._outputs(id_)}

    def _variables(self, ids: list[str], part: Part) -> dict[str, TemplatePath]:
        inner = [body for id_ in ids for body in part.bodies.get(id_, {}).values()]
        nodes = [*ids, *(id_ for body in inner for each in body.inwards() for id_ in each.nodes)]
        names = [self._nodes[id_].config.get(key) for id_ in nodes for key in ("variable_name", "output_var")]
        return {
            name: TemplatePath(name, (), optional=True)
            for name in names
            if isinstance(name, str) and name.isidentifier()
        }

    def _outputs(self, id_: str) -> list[str]:
        spec = self._configs.spec(self._nodes[id_])
        return list(spec.outputs) if spec else []
