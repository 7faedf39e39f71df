"""Random structured programs: drawn flat as CasareRPA does, and run by a small interpreter of the programs themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import count
from typing import Any

from attrs import define, field
from hypothesis import strategies as st

from stratagem import Document, Workflow
from stratagem_casare import casare_format

VARIABLES = ("a", "b", "c")


@define(eq=False)
class Statement:
    """``kind`` is leaf, if, for, while, try, retry, fork, throw, break or continue; ``blocks`` are its parts in turn.

    ``style`` decides how it is drawn, where there are several ways. ``target`` counts loops outwards.
    """

    kind: str
    blocks: list[list[Statement]] = field(factory=list)
    name: str = "a"
    number: int = 0
    style: int = 0
    target: int | None = None
    read: int | None = None
    id: str = ""
    loop: str = ""


leaf = st.builds(
    Statement,
    kind=st.sampled_from(["set", "add", "copy", "see"]),
    name=st.sampled_from(VARIABLES),
    number=st.integers(0, 5),
    read=st.integers(0, 30),
)


def blocks(depth: int, loops: int, forked: bool) -> st.SearchStrategy[list[Statement]]:
    """Blocks of statements, the last of which may leave the block."""
    last = [leaf, leaf, leaf, st.builds(Statement, kind=st.just("throw"), number=st.integers(0, 3))]
    if loops:
        kinds, targets = st.sampled_from(["break", "continue"]), st.none() | st.integers(0, loops - 1)
        last += [st.builds(Statement, kind=kinds, target=targets)] * 2
    inner = leaf if depth == 0 else st.one_of(leaf, compound(depth - 1, loops, forked))
    return st.builds(lambda body, end: [*body, end], st.lists(inner, max_size=2), st.one_of(*last))


def compound(depth: int, loops: int, forked: bool) -> st.SearchStrategy[Statement]:
    """A statement with blocks."""
    own, within = blocks(depth, loops, forked), blocks(depth, loops + 1, forked)
    style, number = st.integers(0, 3), st.integers(0, 3)
    name = st.sampled_from(VARIABLES)

    def of(kind: str, *parts: st.SearchStrategy[list[Statement]]) -> st.SearchStrategy[Statement]:
        return st.builds(
            Statement, kind=st.just(kind), blocks=st.tuples(*parts).map(list), name=name, number=number, style=style
        )

    nothing: st.SearchStrategy[list[Statement]] = st.just([])
    kinds = [
        of("if", own | nothing, own | nothing),
        of("for", within),
        of("while", within),
        of("try", own, own | nothing, own | nothing),
        of("retry", own, own | nothing),
    ]
    if not forked:
        branch = blocks(depth, loops, True)
        kinds.append(of("fork", branch, branch))
    return st.one_of(*kinds)


programs = st.builds(
    lambda body, end: [*body, end], st.lists(st.one_of(leaf, compound(2, 0, False)), min_size=1, max_size=3), leaf
)


@define
class Drawing:
    """Draws a program node by node; a block is drawn from the loose ends before it, and gives those after it."""

    template: bool
    nodes: list[dict[str, Any]] = field(factory=list)
    lines: list[tuple[str, str, str, str]] = field(factory=list)
    seen: list[tuple[str, str]] = field(factory=list)
    hidden: list[str] = field(factory=list)
    loops: list[str] = field(factory=list)
    numbers: Iterable[int] = field(factory=count)

    def node(self, type_: str, ends: list[tuple[str, str]], **config: Any) -> str:
        id_ = f"n{next(iter(self.numbers))}"
        self.nodes.append({"node_id": id_, "node_type": type_, "config": config})
        self.lead(ends, id_)
        return id_

    def lead(self, ends: list[tuple[str, str]], target: str) -> None:
        self.lines += [(source, port, target, "exec_in") for source, port in ends]

    def block(self, statements: list[Statement], ends: list[tuple[str, str]]) -> list[tuple[str, str]]:
        for statement in statements:
            if not ends:  # what can't be reached is not drawn
                break
            ends = getattr(self, f"_{statement.kind}")(statement, ends)
        return ends

    def _set(self, s: Statement, ends: Any) -> Any:
        s.id = self.node("SetVariableNode", ends, variable_name=s.name, value=s.number)
        self.seen.append((s.id, "value"))
        return [(s.id, "exec_out")]

    def _add(self, s: Statement, ends: Any) -> Any:
        s.id = self.node("IncrementVariableNode", ends, variable_name=s.name, increment=s.number)
        self.seen.append((s.id, "value"))
        return [(s.id, "exec_out")]

    def _copy(self, s: Statement, ends: Any) -> Any:
        other = VARIABLES[s.number % 3]
        s.id = self.node("SetVariableNode", ends, variable_name=s.name, value=f"{{{{{other}}}}}")
        self.seen.append((s.id, "value"))
        return [(s.id, "exec_out")]

    def _see(self, s: Statement, ends: Any) -> Any:
        """Keeps in a variable what another node has given last, whatever body that is in."""
        able = [each for each in self.seen if each[0] not in self.hidden]
        s.loop = ".".join(able[(s.read or 0) % len(able)]) if able else "gone.value"
        s.id = self.node("SetVariableNode", ends, variable_name=f"saw{len(self.nodes)}", value=f"x{{{{{s.loop}}}}}")
        s.name = f"saw{len(self.nodes) - 1}"
        return [(s.id, "exec_out")]

    def _throw(self, s: Statement, ends: Any) -> Any:
        s.id = self.node("ThrowErrorNode", ends, error_message=f"error {s.number}")
        return []

    def _if(self, s: Statement, ends: Any) -> Any:
        s.id = self.node("IfNode", ends, expression=f"{{{{{s.name}}}}} > {s.number}")
        first = self.block(s.blocks[0], [(s.id, "true")])
        ends = first + self.block(s.blocks[1], [(s.id, "false")])
        if s.style % 2 and ends:
            s.loop = self.node("MergeNode", ends)
            return [(s.loop, "exec_out")]
        return ends

    def _end(self, s: Statement, type_: str, ends: Any) -> Any:
        config = {"paired_start_id": s.id} if s.style < 2 else {}
        s.loop = self.node(type_, ends, **config) if ends else ""
        if s.loop and s.style % 2:
            self.lines.append((s.loop, "exec_out", s.id, "exec_in"))
        elif s.loop and s.style == 2:
            return [(s.loop, "exec_out")]
        return [(s.id, "completed")]

    def _for(self, s: Statement, ends: Any) -> Any:
        s.id = self.node("ForLoopStartNode", ends, items=[7, 8, 9][: s.number], item_var=f"i{len(self.nodes)}")
        self.seen += [(s.id, "current_item"), (s.id, "current_index")]
        self.loops.append(s.id)
        ends = self._end(s, "ForLoopEndNode", self.block(s.blocks[0], [(s.id, "body")]))
        self.loops.pop()
        return ends

    def _while(self, s: Statement, ends: Any) -> Any:
        counter = f"w{len(self.nodes)}"
        first = self.node("SetVariableNode", ends, variable_name=counter, value=0)
        s.id = self.node("WhileLoopStartNode", [(first, "exec_out")], expression=f"{{{{{counter}}}}} < {s.number}")
        self.seen.append((s.id, "current_iteration"))
        self.loops.append(s.id)
        one = self.node("IncrementVariableNode", [(s.id, "body")], variable_name=counter)
        s.name = f"{counter} {first} {one}"
        ends = self._end(s, "WhileLoopEndNode", self.block(s.blocks[0], [(one, "exec_out")]))
        self.loops.pop()
        return ends

    def _leave(self, s: Statement, ends: Any, type_: str) -> Any:
        s.loop = self.loops[-1 if s.target is None else -1 - s.target]
        config = {} if s.target is None else {"paired_loop_start_id": s.loop}
        s.id = self.node(type_, ends, **config)
        return []

    def _break(self, s: Statement, ends: Any) -> Any:
        return self._leave(s, ends, "BreakNode")

    def _continue(self, s: Statement, ends: Any) -> Any:
        return self._leave(s, ends, "ContinueNode")

    def _try(self, s: Statement, ends: Any) -> Any:
        s.id = self.node("TryNode", ends)
        config = {"paired_try_id": s.id}
        tried = self.block(s.blocks[0], [(s.id, "try_body")])
        catch = self.node("CatchNode", tried if s.style == 1 else [], **config)
        self.seen.append((catch, "error_message"))
        caught = self.block(s.blocks[1], [(catch, "catch_body")])
        s.name = catch
        if s.blocks[2]:
            last = self.node("FinallyNode", [*tried, *caught] if s.style % 2 else [], **config)
            self.seen.append((last, "had_error"))
            s.name += f" {last}"
            self.block(s.blocks[2], [(last, "finally_body")])
        elif s.style > 1 and tried and caught:
            return tried + caught
        return [(s.id, "exec_out")]

    def _retry(self, s: Statement, ends: Any) -> Any:
        s.id = self.node("RetryNode", ends, max_attempts=1 + s.number % 2, initial_delay=0)
        self.seen += [(s.id, "attempt"), (s.id, "last_error")]
        tried = self.block(s.blocks[0], [(s.id, "retry_body")])
        s.loop = self.node("RetrySuccessNode", tried) if tried else ""
        ends = self.block(s.blocks[1], [(s.id, "failed")])
        return [*ends, (s.loop, "exec_out") if s.loop and s.style % 2 else (s.id, "success")]

    def _fork(self, s: Statement, ends: Any) -> Any:
        s.id = self.node("ForkNode", ends, branch_count=2)
        hidden, begun = list(self.hidden), len(self.seen)
        first = self.block(s.blocks[0], [(s.id, "branch_1")])
        self.hidden += [id_ for id_, _ in self.seen[begun:]]
        ends = first + self.block(s.blocks[1], [(s.id, "branch_2")])
        self.hidden = hidden
        s.loop = self.node("JoinNode", ends) if ends else ""
        return [(s.loop, "exec_out")] if s.loop else []

    def document(self) -> dict[str, Any]:
        variables = dict.fromkeys(VARIABLES, 0)
        if not self.template:
            names = ("source_node", "source_port", "target_node", "target_port")
            lines = [dict(zip(names, line, strict=True)) for line in self.lines]
            return {
                "nodes": {node["node_id"]: node for node in self.nodes},
                "connections": lines,
                "variables": variables,
            }
        names = ("from_node", "from_port", "to_node", "to_port")
        other = {"exec_out": "out", "exec_in": "in", "body": "loop"}
        lines = [dict(zip(names, (other.get(each, each) for each in line), strict=True)) for line in self.lines]
        declared = [{"name": name, "data_type": "Integer", "default_value": 0} for name in variables]
        return {"base_workflow": {"nodes": self.nodes, "connections": lines}, "default_variables": declared}


class LeftError(Exception):
    def __init__(self, kind: str, loop: str) -> None:
        self.kind, self.loop = kind, loop


class FailedError(Exception):
    """The message of a ThrowErrorNode."""


@define
class Interpreter:
    """Runs the tree itself: variables, the last outputs of each node, and how often each node has run."""

    variables: dict[str, Any] = field(factory=lambda: dict.fromkeys(VARIABLES, 0))
    outputs: dict[str, Any] = field(factory=dict)
    ran: Counter[str] = field(factory=Counter)

    def block(self, statements: list[Statement]) -> bool:
        """Whether its end was reached; what follows a statement that leads nowhere was not drawn."""
        for statement in statements:
            if not statement.id:
                return False
            self.ran[statement.id] += 1
            if getattr(self, f"_{statement.kind}")(statement) is False:
                return False
        return True

    def give(self, s: Statement, value: Any) -> None:
        self.variables[s.name] = value
        self.outputs[f"{s.id}.value"] = value

    def _set(self, s: Statement) -> None:
        self.give(s, s.number)

    def _add(self, s: Statement) -> None:
        self.give(s, float(self.variables[s.name] + s.number))

    def _copy(self, s: Statement) -> None:
        self.give(s, self.variables[VARIABLES[s.number % 3]])

    def _see(self, s: Statement) -> None:
        seen = self.outputs.get(s.loop, f"{{{{{s.loop}}}}}")
        self.variables[s.name] = f"x{'' if seen is None else seen}"

    def _throw(self, s: Statement) -> None:
        raise FailedError(f"error {s.number}")

    def _if(self, s: Statement) -> bool:
        ended = self.block(s.blocks[0 if self.variables[s.name] > s.number else 1])
        if ended and s.loop:
            self.ran[s.loop] += 1
        return ended

    def _pass(self, s: Statement) -> bool:
        """Whether the loop goes on."""
        try:
            if self.block(s.blocks[0]) and s.loop:
                self.ran[s.loop] += 1
        except LeftError as left:
            if left.loop != s.id:
                raise
            return left.kind == "continue"
        return True

    def _for(self, s: Statement) -> None:
        for index, item in enumerate([7, 8, 9][: s.number]):
            self.outputs |= {f"{s.id}.current_item": item, f"{s.id}.current_index": index}
            if not self._pass(s):
                break

    def _while(self, s: Statement) -> None:
        counter, first, one = s.name.split()
        self.ran[first] += 1
        for number in range(s.number):
            self.outputs[f"{s.id}.current_iteration"] = number
            self.ran[one] += 1
            self.variables[counter] = float(number + 1)
            if not self._pass(s):
                break
        else:
            self.variables.setdefault(counter, 0)

    def _break(self, s: Statement) -> None:
        raise LeftError("break", s.loop)

    def _continue(self, s: Statement) -> None:
        raise LeftError("continue", s.loop)

    def _try(self, s: Statement) -> None:
        catch, _, last = s.name.partition(" ")
        failed = False
        try:
            try:
                self.block(s.blocks[0])
            except FailedError as error:
                failed = True
                self.ran[catch] += 1
                self.outputs[f"{catch}.error_message"] = str(error)
                self.block(s.blocks[1])
        finally:
            if last:
                self.ran[last] += 1
                self.outputs[f"{last}.had_error"] = failed
                self.block(s.blocks[2])

    def _retry(self, s: Statement) -> bool | None:
        self.outputs[f"{s.id}.last_error"] = ""
        for attempt in range(1 + s.number % 2):
            self.outputs[f"{s.id}.attempt"] = attempt + 1
            try:
                self.block(s.blocks[0])
            except FailedError as error:
                self.outputs[f"{s.id}.last_error"] = str(error)
                continue
            self.ran[s.loop] += 1
            return None
        return self.block(s.blocks[1])

    def _fork(self, s: Statement) -> bool:
        ended = [self.block(branch) for branch in s.blocks]
        if not any(ended):
            return False
        self.ran[s.loop] += 1
        return True


def drawn(program: list[Statement], template: bool) -> Workflow:
    drawing = Drawing(template)
    drawing.block(program, drawing.block([Statement("set", name="a")], [("", "")]))
    drawing.lines = [line for line in drawing.lines if line[0]]
    return casare_format.read(Document(drawing.document()), "program.json")
