"""Plans as plain data: what was written, and what the compiler has found out about each step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stratagem._compile.claims import template_of
from stratagem._compile.image_graph import graph_data, request_row
from stratagem.claim import Claim
from stratagem.errors import NotStorable
from stratagem.inputs import Feed, Inputs, Source
from stratagem.plan import DEFAULT_COST, NOT_DIRECT, ListPlan, Plan, Step
from stratagem.templates.parsing import parse_config, parse_expression
from stratagem.templates.template import Template

DIRECT, GENERAL = -1, -2
"""How a step gets its inputs, where it is not wired."""

DISABLED = -1
"""The type of a node that is passed over."""


def image_of(plan: Plan) -> dict[str, Any]:
    """The plan as dicts, lists and plain values, from which `plan_of` makes it again.

    Raises:
        NotStorable: it holds what only this process knows, such as templates of a format's own.
    """
    writer = _Writer()
    writer.flow(plan)
    return {"plans": writer.plans, "without": sorted(writer.without)}


class _Writer:
    """Writes a workflow's plan after those of its subflows, each once."""

    def __init__(self) -> None:
        self.plans: list[dict[str, Any]] = []
        self.without: set[str] = set()
        """The secrets that there were none of, so that a default stands in for them."""
        self._numbers: dict[Plan, int] = {}

    def flow(self, plan: Plan) -> int:
        """Writes the plan of a workflow; gives its number."""
        if plan not in self._numbers:
            data = {"graph": graph_data(plan.graph), **self._plan(plan)}
            self._numbers[plan] = len(self.plans)
            self.plans.append(data)
        return self._numbers[plan]

    def _plan(self, plan: Plan) -> dict[str, Any]:
        if type(plan) is not ListPlan:
            raise NotStorable(f"it is a {type(plan).__qualname__}, made by another compiler than core's own")
        if found := next((each for each in plan.revisions if each.kind == "constant"), None):
            raise NotStorable(f"a pass has put constants in place of {found.node!r}")
        positions = {id_: at for at, id_ in enumerate(plan.graph.nodes)}
        types, wirings = _Table(), _Table()
        steps = plan.steps
        if plan.result is not None and None in plan.result_sources:
            self._note_missing(parse_config(plan.graph.result), plan.result_sources)
        return {
            "order": [positions[step.id] for step in steps],
            "type": [DISABLED if step.node.disabled else types.number(_type(step)) for step in steps],
            "how": [_how(step, wirings) for step in steps],
            "edges": [step.edges if step.wiring is not None else step.sources for step in steps],
            "needs": [step.needs for step in steps],
            "continues": [step.index for step in steps if step.continues],
            "more": [(step.index, more) for step in steps if (more := self._more(step))],
            "types": types.rows,
            "wirings": wirings.rows,
            "keeps": sorted(plan.keeps),
            "result": None if plan.result is None else _sources(plan.result_sources),
            "temporary": _temporary(plan),
            "dropped": sorted(plan.dropped),
            "revisions": [(each.kind, each.node, each.why, each.other, each.by) for each in plan.revisions],
        }

    def _more(self, step: Step) -> dict[str, Any]:
        """What is not usual about a step."""
        plain = step.wiring is not None or step.arity != NOT_DIRECT
        self._note_missing_of(step, [] if plain else step.inputs.feeds)
        usual = (step.edges if step.wiring is not None else step.sources) if plain else ()
        told = {
            "guarded": step.guarded,
            "controls": step.controls,
            "required": step.required,
            "reads": sorted(step.reads),
            "writes": sorted(step.writes),
            "values": None if step.values_of == usual else step.values_of,
            "claims": [_claim(claim, step) for claim in step.claims],
            "inputs": [] if plain else list(_inputs(step.inputs)),
            "also": {key: _sources(sources) for key, sources in step.also.items()},
            "bodies": {name: self._plan(body) for name, body in step.bodies.items()},
            "flows": {name: self.flow(flow) for name, flow in step.flows.items()},
            "cost": None if step.cost == DEFAULT_COST else step.cost,
            "at_once": step.at_once,
        }
        return {key: value for key, value in told.items() if value or (key in ("values", "cost") and value is not None)}

    def _note_missing_of(self, step: Step, feeds: Iterable[Feed]) -> None:
        for feed in feeds:
            if feed.template is not None:
                self._note_missing(feed.template, feed.sources)
        for key, sources in step.also.items():
            if None in sources:
                condition = parse_expression(step.node.when or "") if key == "when" else None
                asked = step.node.resources.get(key.removeprefix("resources."))
                if isinstance(template := condition or (asked and template_of(asked)), Template):
                    self._note_missing(template, sources)

    def _note_missing(self, template: Template, sources: Iterable[Source | None]) -> None:
        """Notes the secrets that a template reads and that there are none of."""
        for path, source in zip(template.paths, sources, strict=True):
            if source is None and path.root == "secrets" and path.steps:
                self.without.add(str(path.steps[0]))


class _Table:
    """Rows by number, each once."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def number(self, row: Any) -> int:
        """The number of a row."""
        if row not in self._numbers:
            self._numbers[row] = len(self.rows)
            self.rows.append(row)
        return self._numbers[row]


def _type(step: Step) -> tuple[str, str, str]:
    return step.node.type, step.spec.id, step.spec.distribution


def _how(step: Step, wirings: _Table) -> int:
    if step.wiring is not None:
        return wirings.number(step.wiring.form)
    return GENERAL if step.arity == NOT_DIRECT else DIRECT


def _inputs(inputs: Inputs) -> Iterator[tuple[str, bool, list[Any]]]:
    """Each feed's key, whether a template of the config feeds it, and what that reads."""
    if type(inputs) is not Inputs and not hasattr(inputs, "made"):
        raise NotStorable("a pass has given it inputs of its own")
    for feed in inputs.feeds:
        yield feed.key, feed.template is not None, _sources(feed.sources)


def _sources(sources: Iterable[Source | None]) -> list[Any]:
    return [
        each and (each.kind, each.name, each.up, each.index, each.uses, each.part, each.optional) for each in sources
    ]


def _claim(claim: Claim, step: Step) -> tuple[str, list[Any], bool, str]:
    parameter = claim.parameter
    key = parameter if parameter in step.node.resources else claim.request.kind
    return parameter, request_row(claim.request, step.id), claim.own, f"resources.{key}" if claim.fill else ""


def _temporary(plan: Plan) -> list[Any] | None:
    held = plan.temporary
    return None if held is None else [dict(held.uses), list(held.touched.items()), sorted(held.outputs)]
