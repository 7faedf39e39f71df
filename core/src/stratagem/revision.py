"""Revision: the changes to plans that passes make, checked for what they leave behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, Literal

from attrs import define, evolve, field, frozen

from stratagem._support.brief import brief
from stratagem._support.suggesting import nearest
from stratagem.conflicts import conflicts, order_conflicts, places_of, sorts_of, steps_inside, written_inside
from stratagem.errors import BadRevision
from stratagem.templates.fresh import constant_getter, fresh

if TYPE_CHECKING:
    from stratagem.nodes.spec import NodeSpec

RevisionKind = Literal["dropped", "constant", "unordered", "at once"]
"""What a pass has done with a step."""

Make = Callable[[Any, list[Any], list["Revision"]], Any]
"""Makes a plan of one that was changed, its new steps, and what was changed of its own steps."""


@frozen
class Revision:
    """One change that a pass has made to a plan."""

    kind: RevisionKind
    """What was done: the step was dropped, gives a constant, waits no more for ``other``, or runs its passes at once."""
    node: str
    """The id of the step's node."""
    why: str
    """The reason that the pass told."""
    other: str = ""
    """The node that the step does not wait for any more."""
    by: str = ""
    """The plugin of the pass, with its distribution."""

    @property
    def text(self) -> str:
        """Return the change in words, such as ``dropped: nobody reads it (prune of stratagem-passes 0.1)``."""
        what = f"does not wait for {self.other!r}" if self.kind == "unordered" else self.kind
        return f"{what}: {self.why}" + (f" ({self.by})" if self.by else "")


@define
class Changes:
    """The changes that a pass asks for, by the ids of nodes."""

    why: str
    drop: Iterable[str]
    constants: Mapping[str, Mapping[str, Any]]
    unorder: Iterable[tuple[str, str]]
    at_once: Iterable[str]


def revise(plan: Any, changes: Changes, make: Make) -> Any:
    """The plan with the changes, bodies included; the same object where nothing changes. Raises BadRevision."""
    raise_wrong_arguments(changes)
    reviser = _Reviser(changes, make)
    revised = reviser.revised(plan)
    reviser.raise_problems()
    return revised


def raise_wrong_arguments(changes: Changes) -> None:
    """Raises BadRevision for arguments of other types than `Plan.revised` tells, before anything is changed."""
    changes.drop, changes.at_once, changes.unorder = map(_all_of, (changes.drop, changes.at_once, changes.unorder))
    names, pairs, tables = [*changes.drop, *changes.at_once], changes.unorder, changes.constants
    wrong = [("the reason 'why' is a text", changes.why)] if not isinstance(changes.why, str) else []
    wrong += [("steps are named by a list of texts", each) for each in names if not isinstance(each, str)]
    wrong += [("'unorder' takes pairs of steps", each) for each in pairs if not _is_pair(each)]
    if not isinstance(tables, Mapping):
        wrong.append(("'constants' is a table of outputs by step", tables))
    else:
        wrong += [("constants are outputs by port", each) for each in tables.values() if not isinstance(each, Mapping)]
    if wrong:
        problems = [BadRevision(f"{what}, got {brief(got)}") for what, got in wrong]
        raise BadRevision.together(problems, "the plan can't be revised so")


def _is_pair(given: Any) -> bool:
    match given:
        case [str(), str()]:
            return True
    return False


def _all_of(given: Iterable[Any]) -> list[Any]:
    """What was given, as a list; a text, which would be taken apart, as one that is none."""
    return [[given]] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)


def link(steps: Sequence[Any]) -> None:
    """Sets each step's dependents and its longest way to the end, from what the steps need."""
    dependents: list[list[int] | None] = [None] * len(steps)
    paths: dict[float, float] = {}  # equal ones are one object: runs touch less memory
    for step in steps:
        for need in step.needs:
            waiting = dependents[need]
            if waiting is None:
                dependents[need] = [step.index]
            else:
                waiting.append(step.index)
    for step in reversed(steps):
        waiting = dependents[step.index]
        step.dependents = () if waiting is None else tuple(waiting)
        step.path = step.cost + max([steps[i].path for i in waiting], default=0.0) if waiting else step.cost
        step.path = paths.setdefault(step.path, step.path)


class _Reviser:
    """Goes through a plan and its bodies; what is wrong is collected."""

    def __init__(self, changes: Changes, make: Make) -> None:
        self._make = make
        self._why = changes.why
        self._drop = dict.fromkeys(changes.drop)
        self._constants = dict(changes.constants)
        self._unorder: dict[str, list[str]] = {}
        for later, earlier in changes.unorder:
            self._unorder.setdefault(later, []).append(earlier)
        self._at_once = dict.fromkeys(changes.at_once)
        self._named = {*self._drop, *self._constants, *self._unorder, *self._at_once}
        self._seen: set[str] = set()
        self._problems: list[BadRevision] = []
        if not changes.why.strip():
            self._problems.append(BadRevision("a revision without a reason", hint="Say it as 'why'."))

    def complain(self, what: str, node: str) -> None:
        """Notes what is wrong."""
        self._problems.append(BadRevision(what, node=node))

    def raise_problems(self) -> None:
        """Raises what was found, names that no step has among it."""
        for name in sorted(self._named - self._seen):
            known = sorted(self._seen) if len(self._seen) < 1000 else []
            self._problems.append(
                BadRevision("no step of the plan has this name", node=name, hint=nearest(name, known))
            )
        if self._problems:
            raise BadRevision.together(self._problems, "the plan can't be revised so")

    def revised(self, plan: Any) -> Any:
        """The plan with what concerns it and its bodies."""
        self._seen.update([step.id for step in plan.steps])
        steps = {step.id: step for step in plan.steps if step.index not in plan.dropped}  # of others nothing is left
        bodies = {index: found for index, found in self._bodies(plan) if found is not None}
        own = self._named & steps.keys()
        if not own and not bodies:
            return plan
        draft = _Draft([copy(step) for step in plan.steps], plan, self.complain)
        for index, found in bodies.items():
            draft.steps[index].bodies = found
        made = self._changed(draft, [step for name, step in steps.items() if name in own])
        return self._make(plan, draft.finished(), made) if made or bodies else plan

    def _bodies(self, plan: Any) -> Iterable[tuple[int, dict[str, Any] | None]]:
        """The bodies of each step that owns some, where any is changed."""
        for step in plan.steps:
            if step.index in plan.dropped:  # whatever is asked for inside, nothing of it is run
                self._seen.update([each.id for body in step.bodies.values() for each in steps_inside(body)])
            elif step.bodies:
                found = {name: self.revised(body) for name, body in step.bodies.items()}
                changed = any(found[name] is not body for name, body in step.bodies.items())
                yield step.index, found if changed else None

    def _changed(self, draft: _Draft, steps: Sequence[Any]) -> list[Revision]:
        """Makes the changes, in program order, so that what is handed on is final."""
        found = []
        for step in steps:
            if step.id in self._constants:
                draft.give(step.index, self._constants[step.id])
                found.append(Revision("constant", step.id, self._why))
            if step.id in self._at_once and not step.at_once:
                draft.set_at_once(step.index)
                found.append(Revision("at once", step.id, self._why))
        for step in steps:
            for earlier in self._earlier(step, draft):
                if draft.unorder(step.index, earlier):
                    other = draft.steps[earlier].id
                    found.append(Revision("unordered", step.id, self._why, other))
            if step.id in self._drop:
                draft.drop(step.index)
                found.append(Revision("dropped", step.id, self._why))
        return found

    def _earlier(self, step: Any, draft: _Draft) -> list[int]:
        """The steps that one is to wait for no more, the last first: what they wait for is handed on."""
        named = [name for name in self._unorder.get(step.id, []) if name not in draft.left_out]
        found = [draft.index[name] for name in named if name in draft.index]
        for name in named:
            if name not in draft.index:
                self.complain(f"no step beside it is called {name!r}, so there is no order to drop", step.id)
            elif draft.index[name] >= step.index:
                self.complain(f"{name!r} does not come before it", step.id)
        return sorted([index for index in found if index < step.index], reverse=True)


@define
class _Touched:
    """A step as `order_conflicts` looks at it."""

    position: int
    reads: frozenset[str]
    writes: frozenset[str]
    needs: list[int]


class _Draft:
    """A plan on its way to a revised one: copies of its steps, and for each what it waits for."""

    def __init__(self, steps: list[Any], plan: Any, complain: Callable[[str, str], None]) -> None:
        for step in steps:
            step.bound = None  # it may know the step that this one is a copy of
        self.steps = steps
        self.index = {step.id: step.index for step in steps if step.index not in plan.dropped}
        self.left_out = {steps[index].id for index in plan.dropped}
        self._sorts = sorts_of(steps)
        self._kept = plan.keeps
        self._needs = [set(step.needs) for step in steps]
        self._gone = set(plan.dropped)
        self._reordered = False
        self._complain = complain

    def give(self, index: int, outputs: Mapping[str, Any]) -> None:
        """Has the step give constants."""
        step = self.steps[index]
        if step.spec.branching or step.spec.effect == "write" or step.spec.bodies:
            self._complain("a constant can't stand for a node that writes, branches or owns bodies", step.id)
            return
        if set(outputs) != set(step.spec.outputs):
            expected = ", ".join(step.spec.outputs) or "no outputs"
            self._complain(f"expected constants for {expected}, got {', '.join(outputs) or 'none'}", step.id)
            return
        if step.spec.single and not _fits(step, *outputs.values()):
            self._complain(f"the node type does not return such as {brief(next(iter(outputs.values())))}", step.id)
            return
        handler = _giving(step.spec, outputs)
        step.spec = _called_with_nothing(step.spec, handler)
        guards = [each.index for each in step.also.get("when", ()) if each and each.kind == "step" and not each.up]
        step.claims, step.values_of = (), tuple(sorted({*guards, *step.required}))  # they tell whether it is run
        step.call(handler)

    def set_at_once(self, index: int) -> None:
        """Lets the passes of a loop run at once."""
        step = self.steps[index]
        shared = sorted(place for place in step.writes if place.partition(":")[0] in ("var", "loop"))
        if not step.bodies or "loop" not in step.spec.handles:
            self._complain("it is no loop, so it has no passes to run at once", step.id)
        elif shared or any(
            "loop" in place.partition(":")[0] for body in step.bodies.values() for place in written_inside(body)
        ):
            what = shared[0] if shared else "the loop's end"
            self._complain(f"its passes can't run at once: they write {what}", step.id)
        else:
            step.at_once = True

    def unorder(self, index: int, earlier: int) -> bool:
        """Drops the order of two steps; return whether there was one."""
        if earlier not in self._needs[index]:
            return False
        step, other = self.steps[index], self.steps[earlier]
        if earlier in step.values_of or earlier in step.required:
            self._complain(f"it reads a value of {other.id!r}, so it has to wait for that", step.id)
            return False
        if both := conflicts(*places_of(step, self._sorts), *places_of(other, self._sorts)):
            self._complain(f"it and {other.id!r} touch {both[0]}, and one of them writes it", step.id)
            return False
        self._reordered = True
        self._hand_on(earlier, index)
        return True

    def drop(self, index: int) -> None:
        """Leaves the step out."""
        gone = self.steps[index]
        readers = [step.id for step in self.steps if index in step.values_of and step.index not in self._gone]
        readers += ["the result"] * (index in self._kept)
        if readers:
            self._complain(f"{readers[0]} reads its value", gone.id)
            return
        for step in self.steps[index + 1 :]:
            if index in self._needs[step.index]:
                self._hand_on(index, step.index)
        self._gone.add(index)
        self._needs[index] = set()
        gone.controls, gone.required, gone.claims = (), (), ()
        gone.guarded = gone.composite = False  # what it runs stays, as the digest tells what was written

    def _hand_on(self, earlier: int, later: int) -> None:
        """Has ``later`` wait for what ``earlier`` waits for in place of it, and be live where that is."""
        self._needs[later].discard(earlier)
        self._needs[later] |= self._needs[earlier]
        step, other = self.steps[later], self.steps[earlier]
        if not any(source == earlier for source, _ in step.controls):
            return
        if other.spec.branching or other.when is not None or other.required:
            self._complain(f"{other.id!r} decides whether it runs", step.id)
            return
        lines = [line for at, port in step.controls for line in (other.controls if at == earlier else ((at, port),))]
        step.controls = tuple(dict.fromkeys(lines)) if other.controls else ()
        step.guarded = bool(step.controls or step.when or step.required)

    def finished(self) -> list[Any]:
        """The steps, linked anew, with all that conflict in order."""
        if self._reordered:
            self._keep_conflicts()
        for step, needs in zip(self.steps, self._needs, strict=True):
            step.needs = tuple(sorted(needs))
        link(self.steps)
        return self.steps

    def _keep_conflicts(self) -> None:
        """Orders those that conflict by themselves: until now it was the order of others between them that did."""
        touched = [
            _Touched(each.index, *places_of(each, self._sorts), [])
            for each in self.steps
            if each.index not in self._gone
        ]
        order_conflicts(touched, range(len(self.steps)))
        for each in touched:
            self._needs[each.position].update(each.needs)


def _giving(spec: NodeSpec, outputs: Mapping[str, Any]) -> Callable[[], Any]:
    """What gives the outputs, each time new ones where they can be changed."""
    get = constant_getter(fresh(dict(outputs)))

    async def give() -> Any:
        values = get(None)
        if spec.single:
            return next(iter(values.values()))
        return _Record(values) if values else None

    return give


def _fits(step: Any, value: Any) -> bool:
    """Return whether the value is such as the node type says that it returns."""
    return step.check is None or type(value) is step.returns or step.check(value)


@frozen
class _Record:
    """Outputs as attributes."""

    _values: dict[str, Any] = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None


def _called_with_nothing(spec: NodeSpec, handler: Callable[[], Any]) -> NodeSpec:
    nothing: dict[str, Any] = {}
    return evolve(
        spec,
        handler=handler,
        inputs=nothing,
        injected=nothing,
        resources=nothing,
        stateful=False,
        is_async=True,
        retries=None,
    )
