"""Plans from images: steps are made of what is written there; nothing is parsed but templates that are more than a path,
when their step is first run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from stratagem._compile.bind import source_of
from stratagem._compile.claims import template_of
from stratagem._compile.disabled import passed_over
from stratagem._compile.feeds import feed_of_lines, feed_of_template, parameter_of
from stratagem._compile.image_graph import graph_of, request_of
from stratagem._compile.image_writer import DIRECT, DISABLED, GENERAL
from stratagem._compile.steps import NOTHING, Facts, filled
from stratagem._compile.wiring import made_wiring
from stratagem.claim import Claim
from stratagem.errors import SpoiltImage, StratagemError, UndefinedName
from stratagem.inputs import Feed, Inputs, Source, SourceKind
from stratagem.model import Graph, Node
from stratagem.nodes.catalog import Catalog
from stratagem.nodes.spec import NodeSpec
from stratagem.plan import ListPlan, Plan, Step, Temporary
from stratagem.revision import Revision, link
from stratagem.templates.parsing import parse_config, parse_expression
from stratagem.templates.paths import Getter, TemplatePath
from stratagem.templates.template import Template


def plan_of(image: Any, catalog: Catalog) -> Plan:
    """The plan that `image_of` has written, with the node types of ``catalog``.

    Raises:
        SpoiltImage: it is none, or a node type is missing or of another version or distribution.
    """
    try:
        if known := sorted({*image["without"]} & {*(catalog.environment.secrets or ())}):
            raise SpoiltImage(f"it was made where there was no secret {known[0]!r}")
        plans: list[Plan] = []
        for data in image["plans"]:
            plans.append(_Reader(data, graph_of(data["graph"]), catalog, plans).plan())
        return plans[-1]
    except SpoiltImage:
        raise
    except StratagemError as error:
        raise SpoiltImage(f"what it needs is not to be had: {error}") from error
    except (TypeError, ValueError, LookupError, AttributeError, OverflowError, AssertionError) as error:
        raise SpoiltImage(f"it is no plan ({type(error).__name__})") from error


class _Reader:
    """Makes one plan; ``flows`` are those of the workflows that it may call, ``around`` are the lengths of the plans around it."""

    def __init__(
        self,
        data: Mapping[str, Any],
        graph: Graph,
        catalog: Catalog,
        flows: Sequence[Plan],
        around: tuple[int, ...] = (),
    ):
        self._data, self._graph, self._catalog, self._flows = data, graph, catalog, flows
        self._lengths = (len(graph.nodes), *around)
        self._nodes = list(graph.nodes.values())
        self._secrets = catalog.environment.secrets or {}
        self._specs = [_spec(row, catalog) for row in data["types"]]
        self._facts = [Facts.of(spec) for spec in self._specs]
        self._wirings: dict[tuple[int, int], Any] = {}

    def plan(self) -> Plan:
        """The plan, its steps linked."""
        data = self._data
        more = dict(data["more"])
        columns = (data["order"], data["type"], data["how"], data["edges"], data["needs"])
        if len({*map(len, columns), len(self._nodes)}) > 1:
            raise SpoiltImage("its tables have different lengths")
        steps = [self._step(index, *row, more.get(index)) for index, row in enumerate(zip(*columns, strict=True))]
        for index in data["continues"]:
            steps[index].continues = True
        link(steps)
        return self._finished(steps)

    def _finished(self, steps: list[Step]) -> Plan:
        data = self._data
        sources = None if data["result"] is None else self._sources(data["result"])
        result = None if sources is None else _bound(parse_config(self._graph.result), sources)
        dropped = _within(data["dropped"], len(steps))
        keeps = frozenset(_within(data["keeps"], len(steps)))
        plan = ListPlan(self._graph, steps, result, keeps, _temporary(data["temporary"]), dropped)
        plan.result_sources = sources or ()
        plan.revisions = tuple([Revision(*row) for row in data["revisions"]])
        return plan

    def _step(
        self, index: int, position: int, type_: int, how: int, edges: Any, needs: Any, more: Mapping[str, Any] | None
    ) -> Step:
        node = self._nodes[position]
        if type_ == DISABLED:
            spec = passed_over(node, self._graph)
            facts = Facts.of(spec)
        else:
            spec, facts = self._specs[type_], self._facts[type_]
        if (needs and (min(needs) < 0 or max(needs) >= index)) or (edges and (min(edges) < 0 or max(edges) >= index)):
            raise SpoiltImage("a step waits for one that does not come before it")
        step = Step(index=index, node=node, spec=spec, needs=tuple(needs), constants=NOTHING, bodies=NOTHING)
        step.claims = ()  # the image tells them, where there are any
        step.returns, step.check, step.composite = facts.returns, facts.check, facts.awaits_others
        if more is not None:
            self._add(step, more)
        if how == DIRECT:
            step.connect(tuple(edges), self._constants(step, ()) or NOTHING)
        elif how != GENERAL:
            self._wire(step, type_, how, tuple(edges))
        else:
            step.inputs = StoredInputs(self._maker(step, (more or {}).get("inputs", ())))
        if more is None or "values" not in more:
            step.values_of = tuple(edges)
        return step

    def _wire(self, step: Step, type_: int, how: int, edges: tuple[int, ...]) -> None:
        if (type_, how) not in self._wirings:
            keys, templates = self._data["wirings"][how]
            self._wirings[type_, how] = made_wiring(step.spec, tuple(keys), templates)
        wiring = self._wirings[type_, how]
        if len(edges) != len(wiring.keys):
            raise SpoiltImage("a step has too few values, or too many")
        step.wire(wiring, edges, self._constants(step, wiring.keys))

    def _constants(self, step: Step, fed: Sequence[str]) -> dict[str, Any] | None:
        """The constants of the config, as the ports read them."""
        config, spec = self._config(step.node), step.spec
        found = {parameter_of(key, spec): _read(value, key, spec) for key, value in config.items() if key not in fed}
        return found or None

    def _config(self, node: Node) -> Mapping[str, Any]:
        return self._catalog.config(node.type, node.config) if "@" in node.type and not node.disabled else node.config

    def _add(self, step: Step, more: Mapping[str, Any]) -> None:
        """Adds what is not usual about a step."""
        step.guarded = more.get("guarded", False)
        step.controls = tuple([(source, port) for source, port in more.get("controls", ())])
        step.required, step.values_of = tuple(more.get("required", ())), tuple(more.get("values") or ())
        step.reads, step.writes = frozenset(more.get("reads", ())), frozenset(more.get("writes", ()))
        step.also = {key: self._sources(rows) for key, rows in more.get("also", {}).items()}
        step.cost, step.at_once = more.get("cost", step.cost), more.get("at_once", False)
        if "claims" in more:
            step.claims = tuple([self._claim(row, step) for row in more["claims"]])
        if "when" in step.also:
            step.when = _bound(parse_expression(step.node.when or ""), step.also["when"])
        if "bodies" in more:
            step.bodies = {
                name: _Reader(data, step.node.bodies[name], self._catalog, self._flows, self._lengths).plan()
                for name, data in more["bodies"].items()
            }
        if "flows" in more:
            step.flows = {name: self._flows[number] for name, number in more["flows"].items()}
        step.composite = step.index not in self._data["dropped"] and (step.composite or bool(step.bodies or step.flows))

    def _claim(self, row: Sequence[Any], step: Step) -> Claim:
        parameter, request, own, key = row
        claim = Claim(parameter, request_of(request), own)
        if not key:
            return claim
        asked = step.node.resources[key.removeprefix("resources.")]
        return filled(claim, _bound(template_of(asked), step.also[key]), key, step.node)

    def _sources(self, rows: Sequence[Any]) -> tuple[Source | None, ...]:
        return tuple([row and self._source(*row) for row in rows])

    def _source(self, kind: Any, name: str, up: int, index: int, uses: int, part: bool, optional: bool) -> Source:
        if not 0 <= up < len(self._lengths):
            raise SpoiltImage("a value is read further out than there is anything")
        if kind == "step" and not range(self._lengths[up]).index(index) >= 0:
            raise SpoiltImage("a value is read from a step that there is not")
        if kind not in get_args(SourceKind):
            raise SpoiltImage("a value comes from nowhere")
        if kind == "secret" and name not in self._secrets:
            raise SpoiltImage(f"there is no secret {name!r} any more")
        return source_of(kind, name, up, index, uses, part=part, optional=optional, secrets=self._secrets)

    def _maker(self, step: Step, rows: Sequence[Any]) -> Callable[[], tuple[Mapping[str, Any], list[Feed]]]:
        """What makes the constants and feeds of a step when they are first needed."""
        fed = [key for key, _, sources in rows if self._sources(sources) is not None]  # spoilt ones are told now
        constants, config = self._constants(step, (*fed, *step.flows)) or NOTHING, self._config(step.node)

        def make() -> tuple[Mapping[str, Any], list[Feed]]:
            return constants, [self._feed(step, config, *row) for row in rows]

        return make

    def _feed(self, step: Step, config: Mapping[str, Any], key: str, templated: bool, rows: Sequence[Any]) -> Feed:
        node, spec = step.node, step.spec
        sources = self._sources(rows)
        if not templated:
            return feed_of_lines(key, [each for each in sources if each is not None], node, spec)
        port, value = spec.inputs.get(key), config[key]
        deferred = port is not None and port.deferred and isinstance(value, str)
        template = parse_expression(value) if deferred else parse_config(value)
        return feed_of_template(key, template, _bound(template, sources), node, spec, sources)


class StoredInputs(Inputs):
    """Inputs that are made when they are first looked at."""

    __slots__ = ("made",)

    def __init__(self, make: Callable[[], tuple[Mapping[str, Any], list[Feed]]]) -> None:
        self.made = make

    def __getattr__(self, name: str) -> Any:
        # called where a slot of `Inputs` is still empty
        if name not in Inputs.__slots__:
            raise AttributeError(name)
        super().__init__(*self.made())
        return getattr(self, name)


def _spec(row: Sequence[str], catalog: Catalog) -> NodeSpec:
    type_, id_, distribution = row
    spec = catalog.spec(type_)
    if (spec.id, spec.distribution) != (id_, distribution):
        raise SpoiltImage(
            f"it was made for {id_} of {distribution or 'nobody'}, and here is {spec.id} of {spec.distribution}"
        )
    return spec


def _read(value: Any, key: str, spec: NodeSpec) -> Any:
    port = spec.inputs.get(key)
    reads = port is not None and port.read is not None and value is not None and not port.variadic
    return port.read(value) if reads else value  # type: ignore[union-attr,misc]  # there is one where it reads


def _bound(template: Template, sources: Sequence[Source | None]) -> Getter:
    by_path = dict(zip(template.paths, sources, strict=True))

    def bind(path: TemplatePath) -> tuple[Getter, int]:
        source = by_path[path]
        if source is None:
            raise UndefinedName(path.text)
        return source.get, source.uses

    return template.bind(bind)


def _within(indexes: Sequence[int], count: int) -> Sequence[int]:
    if any(not 0 <= index < count for index in indexes):
        raise SpoiltImage("it names steps that there are not")
    return indexes


def _temporary(data: Sequence[Any] | None) -> Temporary | None:
    if data is None:
        return None
    uses, touched, outputs = data
    return Temporary(uses, {index: tuple(names) for index, names in touched}, frozenset(outputs))
