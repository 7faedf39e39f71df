"""The reference compiler: a workflow in, a plan out, every problem of the workflow reported together."""

from __future__ import annotations

from collections.abc import Iterator

from stratagem._compile.claims import read_claims, touch_resources
from stratagem._compile.collect import Collector
from stratagem._compile.draft import LEAVING, Draft, GraphDraft, Problems
from stratagem._compile.flows import Calling, Flows
from stratagem._compile.lines import draw
from stratagem._compile.names import Names, touch
from stratagem._compile.order import keep_conflicts_in_order, put_in_order
from stratagem._compile.steps import StepBuilder
from stratagem._compile.temporary import TemporaryNames, check_temporary
from stratagem.errors import BadInput, NoProvider
from stratagem.model import Workflow
from stratagem.nodes.catalog import Catalog
from stratagem.plan import Plan
from stratagem.remembering import unfit_for_cache


def compile_workflow(workflow: Workflow, catalog: Catalog) -> Plan:
    """Compiles ``workflow`` against the node types of ``catalog``.

    Raises:
        WorkflowError: one or more problems; `problems` has each.
    """
    problems = Problems(workflow)
    environment = catalog.environment
    calling = (catalog.calling or Calling()).into(workflow.source or "")
    root = Collector(catalog, problems).collect(GraphDraft(workflow, depth=calling.depth))
    names = Names(workflow, environment.secrets)
    for graph in graphs_in(root):
        draw(graph, problems)
    read_claims(root, problems, environment.kinds)
    names.declare(root)
    check_temporary(workflow, names, root, problems)
    touch(root, names, problems)
    flows = Flows(catalog, problems, calling, environment.compile or compile_workflow)
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
    for graph in list(graphs_in(root)):
        graph.clear()  # drafts know their graph: without this they would wait for the garbage collector
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
        for kind in dict.fromkeys(claim.request.kind for claim in draft.asked):
            if kind and kind not in known:
                remedy = catalog.environment.remedy
                own = (remedy and remedy(kind)) or catalog.pack(draft.spec.pack).hints.get(kind)
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
