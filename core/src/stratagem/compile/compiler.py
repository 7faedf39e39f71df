"""The reference compiler: a workflow in, a plan out, every problem of the workflow reported together."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from stratagem.compile.claims import read_claims, touch_resources
from stratagem.compile.collect import Collector
from stratagem.compile.draft import LEAVING, Draft, GraphDraft, Problems
from stratagem.compile.lines import draw
from stratagem.compile.names import Names, touch
from stratagem.compile.order import keep_conflicts_in_order, put_in_order
from stratagem.compile.steps import StepBuilder
from stratagem.compile.temporary import TemporaryNames, check_temporary
from stratagem.errors import BadInput, CycleError, NoProvider, StratagemError, WorkflowError
from stratagem.model import Workflow
from stratagem.nodes.catalog import Catalog
from stratagem.nodes.remembering import unfit_for_cache
from stratagem.plan import Plan


def compile_workflow(workflow: Workflow, catalog: Catalog, calling: tuple[str, ...] = ()) -> Plan:
    """Compiles ``workflow`` against the node types of ``catalog``.

    Args:
        calling: the files whose subflow this is, outermost first.

    Raises:
        WorkflowError: one or more problems; `problems` has each.
    """
    problems = Problems(workflow)
    environment = catalog.environment
    root = Collector(catalog, problems).collect(GraphDraft(workflow))
    names = Names(workflow, environment.secrets)
    for graph in graphs_in(root):
        draw(graph, problems)
    read_claims(root, problems)
    names.declare(root)
    check_temporary(workflow, names, root, problems)
    touch(root, names, problems)
    flows = _Flows(catalog, problems, (*calling, workflow.source or ""))
    ordered = True
    for graph in graphs_in(root):
        for draft in graph.drafts:
            _check_inputs(draft, problems)
            _check_kinds(draft, catalog, problems)
            _check_leaving(draft, problems)
            _check_cache(draft, problems)
            flows.compile(draft)
        ordered &= put_in_order(graph, problems)
    problems.raise_found()
    touch_resources(root, flows.plans)
    for graph in graphs_in(root):
        keep_conflicts_in_order(graph)
    temporary = TemporaryNames(workflow, names, environment.temporary)
    plan = StepBuilder(names, environment, flows.plans, temporary).build(root, problems, workflow.settings.on_error)
    problems.raise_found()
    return plan


def graphs_in(graph: GraphDraft) -> Iterator[GraphDraft]:
    """The graph and every body in it, from the outside in."""
    yield graph
    for draft in graph.drafts:
        if draft.bodies:
            for body in draft.bodies.values():
                yield from graphs_in(body)


def _check_inputs(draft: Draft, problems: Problems) -> None:
    for name, port in draft.spec.inputs.items():
        given = name in draft.config
        if draft.lines and name in draft.lines:
            if given:
                what = f"the input {name!r} is both connected and set in the config"
                problems.add(BadInput(what, hint="Keep one of them."), draft.node, name)
        elif port.required and not given:
            hint = "Set it in the config, or connect it."
            provider = draft.spec.distribution or None
            what = f"{draft.spec.type} needs the input {name!r}"
            problems.add(BadInput(what, provider=provider, hint=hint), draft.node, name)


def _check_kinds(draft: Draft, catalog: Catalog, problems: Problems) -> None:
    known = catalog.environment.kinds
    if draft.asked and known is not None:
        for kind in dict.fromkeys(asked.request.kind for asked in draft.asked):
            if kind and kind not in known:
                own = catalog.pack(draft.spec.pack).hints.get(kind)
                hint = own or f'Name a driver for it in the config: [resources] {kind} = "…".'
                what = f"{draft.spec.type} needs a {kind!r}, and nothing provides that"
                problems.add(NoProvider(what, provider=draft.spec.distribution or None, hint=hint), draft.node)


def _check_leaving(draft: Draft, problems: Problems) -> None:
    if LEAVING not in draft.spec.writes:
        return
    owner = draft.graph.owner
    while owner is not None:
        if "loop" in owner.spec.handles:
            return
        owner = owner.graph.owner
    hint = "It belongs into the body of a loop."
    problems.add(BadInput(f"{draft.spec.type} is in no loop", hint=hint), draft.node)


def _check_cache(draft: Draft, problems: Problems) -> None:
    if draft.node.cache and draft.spec.pack and not draft.node.disabled and (why := unfit_for_cache(draft.spec)):
        provider = draft.spec.distribution or None
        what = f"results of {draft.spec.type} can't be remembered: {why}"
        problems.add(BadInput(what, provider=provider, hint="Leave 'cache' out."), draft.node, "cache")


class _Flows:
    """Compiles the workflows that subflow inputs name."""

    def __init__(self, catalog: Catalog, problems: Problems, calling: tuple[str, ...]) -> None:
        self.plans: dict[int, dict[str, Plan]] = {}
        self._catalog = catalog
        self._problems = problems
        self._calling = calling

    def compile(self, draft: Draft) -> None:
        """Compiles every subflow that ``draft`` names."""
        for name, port in draft.spec.inputs.items():
            if port.subflow and name in draft.config:
                try:
                    self._compile(draft, name, draft.config[name])
                except WorkflowError as error:
                    self._problems.add(error, draft.node, name)
                except StratagemError as error:
                    self._problems.add(WorkflowError(str(error)), draft.node, name)

    def _compile(self, draft: Draft, name: str, path: object) -> None:
        load = self._catalog.environment.load
        if not isinstance(path, str) or "{{" in path:
            raise BadInput("a subflow's file must be written out, not computed")
        if load is None:
            raise BadInput("subflows can't be read here", hint="Run the workflow through a Kernel.")
        workflow = load(path, self._calling[-1] or None)
        if workflow.source in self._calling:
            circle = " → ".join((*self._calling, workflow.source or ""))
            raise CycleError(f"these files call each other: {circle}")
        given = draft.config.get("variables")
        if isinstance(given, dict):
            workflow = evolve(workflow, variables={**dict.fromkeys(given), **workflow.variables})
        plan = compile_workflow(workflow, self._catalog, self._calling)
        self.plans.setdefault(id(draft), {})[name] = plan
