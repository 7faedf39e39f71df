"""Builds the steps of a plan from drafts that are in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, frozen

from stratagem._compile.bind import GraphBinder, step_source
from stratagem._compile.draft import Draft, GraphDraft, Problems
from stratagem._compile.feeds import feed_of_lines, feed_of_template, parameter_of
from stratagem._compile.names import Names
from stratagem._compile.temporary import TemporaryNames
from stratagem._compile.wiring import Wirings
from stratagem._support.shown import shown
from stratagem.claim import Claim
from stratagem.errors import BadInput, WorkflowError
from stratagem.inputs import Feed, Inputs, Source
from stratagem.model import Node, OnError
from stratagem.nodes.catalog import Environment
from stratagem.nodes.spec import NodeSpec
from stratagem.nodes.types import Check, shallow_checker
from stratagem.nodes.values import Branch, Handle
from stratagem.plan import DEFAULT_COST, NOT_DIRECT, ListPlan, Plan, Step
from stratagem.planfacts import span
from stratagem.revision import link
from stratagem.scope import Scope
from stratagem.templates.paths import Getter

NOTHING: Mapping[str, Any] = {}

MOST_SECONDS = 1e12
"""The largest estimate that is taken from a config."""


class StepBuilder:
    """Turns a graph's drafts into a plan, and so down into the bodies."""

    def __init__(
        self,
        names: Names,
        environment: Environment,
        flows: Mapping[int, Mapping[str, Plan]],
        temporary: TemporaryNames,
    ) -> None:
        self._names = names
        self._temporary = temporary
        self._environment = environment
        self._flows = flows
        self._facts: dict[NodeSpec, Facts] = {}
        self._wirings = Wirings()

    def build(self, graph: GraphDraft, problems: Problems, on_error: OnError) -> ListPlan:
        """The plan of ``graph``; what only shows when names are bound is noted in ``problems``."""
        binder = GraphBinder(graph, self._names, self._environment)
        steps: list[Step] = []
        sure: list[bool] = []
        for position in graph.order:
            draft = graph.drafts[position]
            index = graph.indexes[position]  # one int object for all that name the step: runs touch less memory
            step = self._step(index, draft, graph.indexes, sure, binder, problems, on_error)
            step.continues = (draft.node.on_error or on_error) == "continue"
            sure.append(not step.guarded and not step.continues)
            steps.append(step)
            draft.let_go()
        link(steps)
        result = None
        read: tuple[Source | None, ...] = ()
        if graph.result is not None:
            result = _try_bind(lambda: graph.result.bind(binder), problems, graph.owner, "result")  # type: ignore[union-attr]  # not None
            read = binder.sources(graph.result.paths)
        keeps = frozenset(source.index for source in read if source and source.kind == "step" and source.up == 0)
        plan = ListPlan(graph.graph, steps, result, keeps, self._temporary.of(steps, read))
        plan.result_sources = read
        return plan

    def _step(
        self,
        index: int,
        draft: Draft,
        indexes: list[int],
        sure: list[bool],
        binder: GraphBinder,
        problems: Problems,
        on_error: OnError,
    ) -> Step:
        node, spec, facts = draft.node, draft.spec, self._facts_of(draft.spec)
        needs = sorted({indexes[need] for need in draft.needs})
        step = Step(index=index, node=node, spec=spec, needs=tuple(needs), constants=NOTHING, bodies=NOTHING)
        if draft.asked:
            step.claims = tuple([_filled(claim, draft, binder, problems) for claim in draft.asked])
        for claim, template in (draft.fills or {}).items():
            step.also = {**step.also, draft.key_of(claim): binder.sources(template.paths)}
        step.reads, step.writes = draft.reads, draft.writes
        step.returns, step.check = facts.returns, facts.check
        if draft.controls:
            controls = [(indexes[source], port) for source, port in draft.controls]
            step.guarded = any(
                not sure[at] or draft.graph.drafts[draft.graph.order[at]].spec.branching for at, _ in controls
            )
            step.controls = tuple(controls) if step.guarded else ()
        if draft.when is not None:
            step.when = _try_bind(lambda: draft.when.bind(binder), problems, draft, "when")  # type: ignore[union-attr]  # not None
            step.guarded = True
            step.also = {**step.also, "when": binder.sources(draft.when.paths)}
        unsure = bool(draft.lines) and self._note_unsure(step, draft, indexes, sure)
        if draft.bodies:
            inner: OnError = "fail" if "failures" in spec.handles else on_error
            step.bodies = {name: self.build(body, problems, inner) for name, body in draft.bodies.items()}
        step.flows = self._flows.get(id(draft), NOTHING)
        step.composite = facts.awaits_others or bool(step.bodies or step.flows)
        step.cost = _cost(step, draft)
        direct = not unsure and facts.plain and self._make_direct(step, draft, indexes)
        if not direct and not self._wirings.wire(step, draft, indexes):
            step.inputs = self._inputs(draft, binder, indexes, problems)
        step.values_of = _values_of(step, draft, indexes)
        return step

    def _facts_of(self, spec: NodeSpec) -> Facts:
        facts = self._facts.get(spec)
        if facts is None:
            facts = self._facts[spec] = Facts.of(spec)
        return facts

    def _note_unsure(self, step: Step, draft: Draft, indexes: list[int], sure: list[bool]) -> bool:
        """Return whether some value may be absent; notes those that the step can't run without."""
        assert draft.lines is not None  # the caller looked
        drafts = draft.graph.drafts
        unsure = False
        required: list[int] = []
        for name, lines in draft.lines.items():
            for source, out in lines:
                if sure[indexes[source]] and not drafts[source].spec.outputs[out].optional:
                    continue
                unsure = True
                port = draft.spec.inputs.get(name)
                if port and port.required:
                    required.append(indexes[source])
        if required:
            step.required = tuple(required)
            step.guarded = True
        return unsure

    def _make_direct(self, step: Step, draft: Draft, indexes: list[int]) -> bool:
        if draft.templates or step.flows or step.when or draft.node.retry:
            return False
        edges = _positional(draft) if draft.lines else ()
        if edges is None or any(draft.spec.inputs[name].read for name in draft.lines or ()):
            return False
        drafts = draft.graph.drafts
        for source in edges:
            if not drafts[source].spec.single:
                return False
        constants = (
            {parameter_of(key, draft.spec): value for key, value in draft.constants.items()}
            if draft.constants
            else NOTHING
        )
        step.connect(tuple([indexes[source] for source in edges]), constants)
        return True

    def _inputs(self, draft: Draft, binder: GraphBinder, indexes: list[int], problems: Problems) -> Inputs:
        spec = draft.spec
        constants = {
            parameter_of(key, draft.spec): value
            for key, value in (draft.constants or {}).items()
            if key not in self._flows.get(id(draft), NOTHING)
        }
        feeds: list[Feed] = []
        for key, template in (draft.templates or {}).items():
            read = _try_bind(lambda template=template: template.bind(binder), problems, draft, key)  # type: ignore[misc]  # mypy can't infer the default's type
            if read is not None:
                feeds.append(feed_of_template(key, template, read, draft.node, spec, binder.sources(template.paths)))
        for key, lines in (draft.lines or {}).items():
            drafts = draft.graph.drafts
            sources = [step_source(indexes[source], drafts[source].spec, out) for source, out in lines]
            feeds.append(feed_of_lines(key, sources, draft.node, spec))
        return Inputs(constants, feeds)


@frozen
class Facts:
    """Facts of a node type that hold for all its steps.

    ``plain`` tells that nothing of the type keeps a step from being called with values of other steps and constants alone,
    ``awaits_others`` that it may wait for a started subflow, whose steps it must then not keep from being started.
    """

    returns: type | None
    check: Check | None
    plain: bool
    awaits_others: bool

    @classmethod
    def of(cls, spec: NodeSpec) -> Facts:
        """The facts of ``spec``."""
        more = spec.stateful or spec.injected or spec.resources or spec.bodies or spec.retries
        awaits_others = any(port.annotation is Handle for port in spec.inputs.values())
        return cls(*_returns(spec), spec.is_async and not more, awaits_others)


def _values_of(step: Step, draft: Draft, indexes: list[int]) -> tuple[int, ...]:
    plain = draft.when is None and not draft.fills and not draft.bodies
    if plain and (step.wiring is not None or step.arity != NOT_DIRECT):
        return step.edges if step.wiring is not None else step.sources
    read = {indexes[at] for at in draft.values or ()}
    read.update([indexes[at] for lines in (draft.lines or {}).values() for at, _ in lines])
    return tuple(sorted(read))


def _filled(claim: Claim, draft: Draft, binder: GraphBinder, problems: Problems) -> Claim:
    """The claim, filled in where labels and session are computed."""
    template, key = (draft.fills or {}).get(claim), draft.key_of(claim)
    getter = None if template is None else _try_bind(lambda: template.bind(binder), problems, draft, key)
    return claim if getter is None else filled(claim, getter, key, draft.node)


def filled(claim: Claim, getter: Getter, key: str, node: Node) -> Claim:
    """The claim with what ``getter`` gives of labels and session, which is checked when it is known."""

    def fill(scope: Scope) -> dict[str, Any]:
        found: dict[str, Any] = getter(scope)
        if not isinstance(found["session"], (str, type(None))):
            what = f"a session is a text, not {shown(found['session'])}"
            raise BadInput(what, node=node.id, key=f"{key}.session", line=node.line)
        return found

    return evolve(claim, fill=fill)


def _positional(draft: Draft) -> list[int] | None:
    """The sources of the leading positional arguments, if the lines feed just those, else None."""
    lines = draft.lines
    assert lines is not None  # the caller looked
    inputs = draft.spec.inputs
    first = next(iter(inputs.values()), None)
    if first is not None and first.variadic:
        return [source for source, _ in lines[first.name]] if list(lines) == [first.name] else None
    names = list(inputs)[: len(lines)]
    if set(names) != lines.keys() or any(inputs[name].deferred for name in names):
        return None
    return [lines[name][0][0] for name in names]


def _returns(spec: NodeSpec) -> tuple[type | None, Check | None]:
    """The type that a returned value has if nothing is odd, and the check for those that have another."""
    outputs = list(spec.outputs.values())
    if not outputs:
        return (None if spec.branching else type(None)), None
    hint = outputs[0].annotation
    plain = spec.single and isinstance(hint, type) and hint not in (object, Branch) and not spec.branching
    return (hint if plain else None), (shallow_checker(hint) if spec.single else None)


def _cost(step: Step, draft: Draft) -> float:
    told = (draft.constants or {}).get(draft.spec.cost_from or "")
    if isinstance(told, (int, float)) and told >= 0:
        return float(min(told, MOST_SECONDS))  # sums of them stay finite
    if step.spec.cost is not None:
        return step.spec.cost
    if not (step.bodies or step.flows):
        return DEFAULT_COST
    inner = [span(plan) for plan in (*step.bodies.values(), *step.flows.values())]
    return max(inner, default=0.0) + DEFAULT_COST


def _try_bind(
    bind: Callable[[], Callable[[Scope], Any]], problems: Problems, draft: Draft | None, key: str | None = None
) -> Callable[[Scope], Any] | None:
    try:
        return bind()
    except WorkflowError as error:
        problems.add(error, draft.node if draft else None, key)
        return None
