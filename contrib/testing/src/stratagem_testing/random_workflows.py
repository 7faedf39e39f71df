"""Random workflows of the test pack: values, variables, branches, guards, bodies, failures that are dealt with.

Whatever order a scheduler chooses within what the plan allows, such a workflow has one result. Where failures are
`fatal`, it may fail, and then what was done before depends on the schedule.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from attrs import define, evolve, field, frozen

from stratagem import Connection, Graph, Limits, Node, Retry, Settings, Workflow
from stratagem_testing.choices import Choices, Numbers, RandomNumbers

VARIABLES = ("x", "y", "z")
PORTS = {"if": ("true", "false"), "switch": ("case_0", "case_1", "default"), "choose": ("then", "else")}
PLAIN = ("value", "add", "total", "plain", "set", "set", "get", "wait", "if", "switch", "merge")
OWNERS = ("each", "each", "while", "try", "choose")
GROUPS = ("g", "h")


@frozen
class Recipe:
    """The ingredients of random workflows.

    ``nodes`` is the most that one graph has, ``depth`` how deep bodies lie in bodies. With ``delays`` nodes wait whole
    seconds, have time limits and hold resources of the kind ``thing``; with ``fatal`` some fail and nothing deals with
    it. ``on_error`` lets the whole workflow go on after failures. With ``owners`` steps that own bodies fail too, and are
    tried again or gone on after, with ``delays`` also for their time limit; ``limits`` bound groups, types and kinds,
    within each other too; ``flows`` are files of workflows to start, and to wait for or with ``delays`` to cancel.
    Ids of nodes begin with ``prefix``.
    """

    nodes: int = 7
    depth: int = 2
    delays: bool = False
    fatal: bool = False
    on_error: bool = False
    owners: bool = False
    limits: bool = False
    flows: tuple[str, ...] = ()
    prefix: str = "n"


@define
class Made:
    """A node that has been made, and what others may read of it: a template of an int, if there is one."""

    node: Node
    value: str | None = None
    sure: bool = True

    @property
    def expression(self) -> str | None:
        """Return what to write to read its value, also where it may be missing."""
        return self.value if self.sure or self.value is None else f"({self.value} | default(5))"


@define
class Place:
    """The surroundings of a graph: what it may read from around it, which ways of leaving a loop are open to it, and which of
    its nodes have started a subflow."""

    depth: int
    around: list[str] = field(factory=list)
    leave: tuple[str, ...] = ()
    in_turn: bool = False
    started: list[str] = field(factory=list)


def random_workflow(seed: int, recipe: Recipe | None = None) -> Workflow:
    """The workflow that belongs to a seed."""
    return WorkflowMaker(RandomNumbers(Random(seed)), recipe).workflow()


class WorkflowMaker:
    """Makes workflows of the pack ``sample`` by choices."""

    def __init__(self, numbers: Numbers, recipe: Recipe | None = None) -> None:
        self._choose = Choices(numbers)
        self._recipe = recipe or Recipe()
        self._count = 0

    def workflow(self) -> Workflow:
        """A whole workflow."""
        graph = self._graph(Place(self._recipe.depth), 1)
        lenient = self._recipe.on_error and self._choose.chance(30)
        return Workflow(
            graph.nodes,
            graph.connections,
            graph.result,
            variables={name: self._choose.number(0, 5) for name in VARIABLES},
            settings=Settings(
                on_error="continue" if lenient else "fail",
                concurrency=self._choose.number(1, 6),
                limits=self._limits() if self._recipe.limits else Limits(),
            ),
        )

    def _limits(self) -> Limits:
        """Limits so small that owners and what is inside them come to the same ones."""
        types = self._choose.some_of([f"sample.{each}" for each in (*OWNERS[1:], "value", "wait")], 3)
        return Limits(
            types={each: self._choose.number(1, 2) for each in types},
            kinds={"thing": self._choose.number(1, 2)},
            groups={each: self._choose.number(1, 2) for each in GROUPS},
        )

    def _graph(self, place: Place, least: int = 0) -> Graph:
        made: list[Made] = []
        lines: list[Connection] = []
        for _ in range(self._choose.number(least, self._recipe.nodes)):
            one = self._node(place, made, lines)
            if place.in_turn and made:
                one.node = evolve(one.node, after=(made[-1].node.id,))
            made.append(one)
        nodes = [each.node for each in made]
        if self._choose.chance(25):
            nodes = self._choose.shuffled(nodes)
        result = self._template(place, made) if self._choose.chance(60) else None
        return Graph({each.id: each for each in nodes}, tuple(lines), result)

    def _node(self, place: Place, made: list[Made], lines: list[Connection]) -> Made:
        self._count += 1
        one = self._maker(place)(f"{self._recipe.prefix}{self._count}", place, made, lines)
        if self._choose.chance(25):
            self._draw_control(one, made, lines)
        traits: dict[str, Any] = {}
        if self._choose.chance(15):
            traits["when"] = f"{self._expression(place, made)} % 3 != 1"
            one.sure = False
        if self._choose.chance(15):
            traits["after"] = tuple(each.node.id for each in self._choose.some_of(made, 2))
        if self._recipe.limits and self._choose.chance(40):
            traits["group"] = self._choose.one_of(GROUPS)
        one.node = evolve(one.node, **traits)
        return one

    def _maker(self, place: Place) -> Callable[[str, Place, list[Made], list[Connection]], Made]:
        if place.leave and self._choose.chance(10):
            return self._leaving
        if self._choose.chance(12):
            return self._failing
        if self._recipe.delays and self._choose.chance(35):
            return self._slow
        if self._recipe.flows and not place.in_turn and self._choose.chance(40 if place.started else 15):
            return self._flow
        if place.depth and self._choose.chance(20):
            return self._owner
        return self._plain

    def _draw_control(self, one: Made, made: list[Made], lines: list[Connection]) -> None:
        for source in self._choose.some_of(made, 2):
            ports = PORTS.get(source.node.type.partition(".")[2], ("exec_out",))
            lines.append(Connection(source.node.id, self._choose.one_of(ports), one.node.id, "exec_in"))
            one.sure = False

    def _plain(self, id_: str, place: Place, made: list[Made], lines: list[Connection]) -> Made:
        kind = self._choose.one_of(PLAIN)
        config: dict[str, Any] = {}
        sure = True
        if kind in ("add", "plain"):
            config["right"] = self._template(place, made)
            sure = self._feed(id_, "left", config, place, made, lines)
        elif kind == "value":
            config["value"] = self._template(place, made)
        elif kind == "total":
            parts = self._choose.some_of([each for each in made if _plain_value(each)], 4)
            lines += [Connection(source.node.id, "result", id_, "parts") for source in parts]
        elif kind in ("set", "get"):
            config["name"] = self._choose.one_of(VARIABLES)
            if kind == "set":
                config["value"] = f"{{{{ ({self._expression(place, made)} + 1) % 101 }}}}"
        elif kind == "wait":
            config |= {"seconds": 0, "value": self._template(place, made)}
        elif kind == "if":
            config["condition"] = f"{{{{ {self._expression(place, made)} % 2 == 0 }}}}"
        elif kind == "switch":
            config["value"] = f"{{{{ {self._expression(place, made)} % 3 }}}}"
        value = f"{id_}.result" if kind not in ("if", "switch", "merge") else None
        return Made(Node(id_, f"sample.{kind}", config), value, sure)

    def _feed(
        self, id_: str, port: str, config: dict[str, Any], place: Place, made: list[Made], lines: list[Connection]
    ) -> bool:
        """Gives a required input by a line or by the config; tells whether it is sure to come."""
        sources = [each for each in made if _plain_value(each)]
        if sources and self._choose.chance(50):
            source = self._choose.one_of(sources)
            lines.append(Connection(source.node.id, "result", id_, port))
            return source.sure
        config[port] = self._template(place, made)
        return True

    def _slow(self, id_: str, place: Place, made: list[Made], lines: list[Connection]) -> Made:
        seconds = self._choose.number(0, 6)
        kind = self._choose.one_of(("wait", "wait", "use", "flaky"))
        traits: dict[str, Any] = {}
        if kind == "flaky":
            config: dict[str, Any] = {"failures": self._choose.number(0, 2), "seconds": seconds}
            traits["retry"] = Retry(attempts=3, delay=float(self._choose.number(0, 2)), backoff=1.5)
        else:
            config = {"seconds": seconds}
            if kind == "wait":
                config["value"] = self._template(place, made)
        if self._choose.chance(30):
            traits["timeout"] = self._choose.number(0, 6) + 0.5
            traits["on_error"] = None if self._recipe.fatal and self._choose.chance(40) else "continue"
        value = f"{id_}.result" if kind != "use" else None
        return Made(Node(id_, f"sample.{kind}", config, **traits), value, "timeout" not in traits)

    def _flow(self, id_: str, place: Place, made: list[Made], lines: list[Connection]) -> Made:
        """Starts a subflow, or waits for one that was started, or cancels it."""
        if not place.started or self._choose.chance(25):
            place.started.append(id_)
            return Made(Node(id_, "sample.start", {"flow": self._choose.one_of(self._recipe.flows)}))
        lines.append(Connection(self._choose.one_of(place.started), "handle", id_, "handle"))
        stops = self._recipe.delays and self._choose.chance(40)
        lenient = self._recipe.delays and self._choose.chance(60)
        kind, on_error = "stop" if stops else "await", "continue" if lenient else None
        return Made(Node(id_, f"sample.{kind}", on_error=on_error), None, False)  # type: ignore[arg-type]  # a literal

    def _failing(self, id_: str, place: Place, made: list[Made], lines: list[Connection]) -> Made:
        fatal = place.in_turn or (self._recipe.fatal and self._choose.chance(30))
        seconds = float(self._choose.number(0, 3)) if self._recipe.delays else 0.0
        traits = {} if fatal else {"on_error": "continue"}
        return Made(Node(id_, "sample.fail", {"seconds": seconds}, **traits), None, False)  # type: ignore[arg-type]  # a literal

    def _leaving(self, id_: str, place: Place, made: list[Made], lines: list[Connection]) -> Made:
        when = f"{self._expression(place, made)} % 3 == 2"
        return Made(Node(id_, f"sample.{self._choose.one_of(place.leave)}", when=when), None, False)

    def _owner(self, id_: str, place: Place, made: list[Made], lines: list[Connection]) -> Made:
        kind = self._choose.one_of(OWNERS)
        around = [*place.around, *(each.expression for each in made if each.expression)]
        inner = Place(place.depth - 1, around, place.leave)
        if self._recipe.owners and self._choose.chance(35):
            return self._fragile(id_, evolve(inner, in_turn=True), self._expression(place, made))
        make = {"each": self._each, "while": self._while, "try": self._try, "choose": self._choice}[kind]
        one = make(id_, inner, self._expression(place, made))
        if kind in ("try", "choose") and place.leave:
            one.sure = False
        return one

    def _fragile(self, id_: str, inner: Place, expression: str) -> Made:
        """An owner whose body may fail or take too long, which is tried again and gone on after.

        Its body goes in turn: what has been done before it fails is the same on every schedule.
        """
        make = self._choose.one_of((self._each, self._while, self._choice, *[self._at_most] * self._recipe.delays))
        one = make(id_, inner, expression)
        one.sure = False
        traits: dict[str, Any] = {}
        if self._choose.chance(50):
            traits["retry"] = Retry(
                attempts=self._choose.number(2, 3),
                delay=float(self._choose.number(0, 1)) if self._recipe.delays else 0.0,
            )
        if self._recipe.delays and self._choose.chance(60):
            traits["timeout"] = self._choose.number(0, 6) + 0.5
        if not (self._recipe.fatal and self._choose.chance(20)):
            traits["on_error"] = "continue"
        one.node = evolve(one.node, **traits)
        return one

    def _at_most(self, id_: str, inner: Place, expression: str) -> Made:
        config = {"seconds": self._choose.number(0, 6) + 0.5}
        return Made(Node(id_, "sample.at_most", config, {"body": self._graph(inner)}))

    def _each(self, id_: str, inner: Place, expression: str) -> Made:
        concurrency = 1 if inner.in_turn else self._choose.one_of((1, 1, 2, 3))
        inner.leave = ("continue", "break") if concurrency == 1 else ("continue",)
        inner.around = [*inner.around, f"{id_}.item"]
        items = [self._choose.number(0, 9) for _ in range(self._choose.number(0, 4))]
        config: dict[str, Any] = {"items": items, "concurrency": concurrency}
        if self._choose.chance(30):
            config["as"] = self._choose.one_of((*VARIABLES, "own"))
        body = self._graph(inner)
        return Made(Node(id_, "sample.each", config, {"body": body}), f"{id_}.count")

    def _while(self, id_: str, inner: Place, expression: str) -> Made:
        inner.leave = ("continue", "break")
        inner.around = [*inner.around, f"{id_}.turn"]
        variable = self._choose.one_of(VARIABLES)
        config = {"condition": f"{variable} % 4 != 3", "most": self._choose.number(0, 3)}
        return Made(Node(id_, "sample.while", config, {"body": self._graph(inner)}), f"{id_}.result")

    def _try(self, id_: str, inner: Place, expression: str) -> Made:
        body = self._graph(evolve(inner, in_turn=True, depth=0, started=[]))
        bodies = {"body": body}
        if self._choose.chance(50):
            bodies["catch"] = self._graph(evolve(inner, in_turn=False, started=[]))
        return Made(Node(id_, "sample.try", {}, bodies))

    def _choice(self, id_: str, inner: Place, expression: str) -> Made:
        bodies = {"then": self._graph(inner)}
        if self._choose.chance(50):
            bodies["else"] = self._graph(evolve(inner, started=[]))
        return Made(Node(id_, "sample.choose", {"condition": f"{{{{ {expression} % 2 == 1 }}}}"}, bodies))

    def _template(self, place: Place, made: list[Made]) -> int | str:
        if self._choose.chance(40):
            return self._choose.number(0, 9)
        return f"{{{{ {self._expression(place, made)} }}}}"

    def _expression(self, place: Place, made: list[Made]) -> str:
        """An expression that gives an int in any run."""
        known = [*VARIABLES, *place.around, *(each.expression for each in made if each.expression)]
        first = self._choose.one_of(known)
        if self._choose.chance(30):
            return f"(({first} + {self._choose.one_of(known)}) % 97)"
        return f"([{first}, {self._choose.one_of(known)}] | max)" if self._choose.chance(15) else first


def _plain_value(made: Made) -> bool:
    """Return whether the node has an output ``result`` that is an int."""
    return made.value is not None and made.value.endswith(".result")
