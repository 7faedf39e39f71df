"""Third pass: what every name in every template means, and what each node reads and writes."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from stratagem._compile.draft import EVERY_VARIABLE, EVERYTHING, LEAVING, Draft, GraphDraft, Kind, Meaning, Problems
from stratagem._support.suggesting import nearest, suggestion
from stratagem.errors import UndefinedName
from stratagem.model import Workflow
from stratagem.templates.paths import TemplatePath
from stratagem.templates.system import SYSTEM_NAMES


class Unknowable(UndefinedName):
    """A name that a node of unknown type may give: not a problem of its own."""


class Names:
    """The names that a workflow's templates may use.

    ``open_ended`` tells that some node writes variables whose names only the run can tell.
    """

    def __init__(self, workflow: Workflow, secrets: Container[str] | None) -> None:
        self.variables = set(workflow.variables)
        self.open_ended = False
        self._ids: frozenset[str] | None = None
        self.secrets = secrets

    def declare(self, graph: GraphDraft) -> None:
        """Notes every variable that a node of ``graph`` or of a body in it writes, and what each touches."""
        for draft in graph.drafts:
            spec = draft.spec
            if spec.reads or spec.writes or spec.injected:
                self._declare_places(draft)
            for body in (draft.bodies or {}).values():
                self.declare(body)

    def _declare_places(self, draft: Draft) -> None:
        spec = draft.spec
        draft.reads = _places(spec.reads, draft)
        draft.writes = _places(spec.writes, draft)
        if "variables" in spec.injected.values() and not spec.reads and not spec.writes:
            draft.reads = draft.writes = frozenset((EVERY_VARIABLE,))
        for place in draft.writes:
            if place == EVERY_VARIABLE:
                self.open_ended = True
            elif place.startswith("var:"):
                self.variables.add(place[4:])

    def meaning(self, path: TemplatePath, graph: GraphDraft) -> Meaning:
        """Return what ``path`` means in ``graph``; raises UndefinedName."""
        root = path.root
        if root.startswith("$"):
            return self._system(root)
        if root == "secrets":
            return self._secret(path)
        at: GraphDraft | None = graph
        up = 0
        while at is not None:
            if at.owner and not at.owner.spec.pack:
                raise Unknowable(path.text)
            if root in at.local:
                return Meaning(Kind.VARIABLE, root)
            if root in at.index and (found := _output(path, at, up)):
                return found
            if at.owner and at.owner.node.id == root and path.steps and path.steps[0] in at.ports:
                return Meaning(Kind.PORT, str(path.steps[0]), up, -1, 1)
            at, up = at.parent, up + 1
        if root in self.variables or (self.open_ended and not self._is_node(root, graph)):
            return Meaning(Kind.VARIABLE, root)
        raise self._undefined(path, graph)

    def _system(self, root: str) -> Meaning:
        if root not in SYSTEM_NAMES:
            hint = suggestion(root, SYSTEM_NAMES, "There are: {}.")
            raise UndefinedName(f"{root!r} is no system value", hint=hint)
        return Meaning(Kind.SYSTEM, root)

    def _secret(self, path: TemplatePath) -> Meaning:
        name = str(path.steps[0]) if path.steps else ""
        if not name or (self.secrets is not None and name not in self.secrets):
            hint = "Set it in the environment, or in the source that [secrets] in the config names."
            raise UndefinedName(f"there is no secret {name!r}", hint=hint)
        return Meaning(Kind.SECRET, name, uses=1)

    def _undefined(self, path: TemplatePath, graph: GraphDraft) -> UndefinedName:
        if path.optional:
            return UndefinedName(path.text)  # nobody reads more of it
        at: GraphDraft | None = graph
        while at is not None:
            if path.root in at.index:
                return _no_output(path, at.drafts[at.index[path.root]])
            at = at.parent
        if self._is_node(path.root, graph):
            what = f"{path.text!r} reads a node inside another body"
            return UndefinedName(what, hint="A body hands values out by its 'result'.")
        return UndefinedName(
            f"{path.root!r} is neither a variable nor a node", hint=lambda: nearest(path.root, self._known_in(graph))
        )

    def _known_in(self, graph: GraphDraft) -> set[str]:
        known = set(self.variables)
        at: GraphDraft | None = graph
        while at is not None:
            known |= at.index.keys() | at.local
            at = at.parent
        return known

    def _is_node(self, name: str, graph: GraphDraft) -> bool:
        if self._ids is None:
            self._ids = frozenset(ids_in(graph.root))
        return name in self._ids


def ids_in(graph: GraphDraft) -> Iterator[str]:
    """The ids of all nodes of the graph and of the bodies in it."""
    yield from graph.index
    for draft in graph.drafts:
        for body in (draft.bodies or {}).values():
            yield from ids_in(body)


def _output(path: TemplatePath, graph: GraphDraft, up: int) -> Meaning | None:
    position = graph.index[path.root]
    if not graph.drafts[position].spec.pack:
        raise Unknowable(path.text)
    if path.steps and path.steps[0] in graph.drafts[position].spec.outputs:
        return Meaning(Kind.STEP, str(path.steps[0]), up, position, 1)
    return None


def _no_output(path: TemplatePath, draft: Draft) -> UndefinedName:
    ports = draft.spec.outputs
    port = str(path.steps[0]) if path.steps else ""
    what = f"the node {path.root!r} has no output {port!r}" if port else f"{path.root!r} is a node"
    hint = suggestion(port, ports, "Its outputs: {}." if ports else "It has no outputs.")
    return UndefinedName(what, hint=hint)


def touch(graph: GraphDraft, names: Names, problems: Problems) -> None:
    """Adds to each draft the steps and variables that its templates read, bodies' to their owners'."""
    for draft in graph.drafts:
        if draft.templates or draft.when or draft.fills:
            _touch_paths(draft.paths(), draft, graph, names, problems)
        for body in (draft.bodies or {}).values():
            touch(body, names, problems)
            _lift(body, draft)
    if graph.result is not None:
        _touch_result(graph, names, problems)


def _touch_paths(
    paths: Iterable[TemplatePath], draft: Draft, graph: GraphDraft, names: Names, problems: Problems
) -> None:
    variables: set[str] | None = None
    keys: dict[TemplatePath, str] | None = None
    for path in paths:
        whole = graph.wholes.get(path)
        if whole is not None:
            _note_value(draft, whole)
            continue
        try:
            meaning = graph.meanings.get(path) or names.meaning(path, graph)
        except UndefinedName as error:
            if not path.optional and not isinstance(error, Unknowable):
                keys = keys or _keys_of(draft)
                problems.add(error, draft.node, keys.get(path, "when"))
            continue
        if meaning.kind is Kind.STEP and not meaning.up and meaning.uses == len(path.steps):
            graph.wholes[path] = meaning.position  # the most frequent by far: a number takes less than a meaning
            _note_value(draft, meaning.position)
            continue
        graph.meanings[path] = meaning
        if meaning.kind is Kind.STEP:
            _needs(draft, graph, meaning)
        elif meaning.kind is Kind.VARIABLE:
            variables = variables or set()
            variables.add(f"var:{meaning.name}")
    if variables:
        draft.reads |= variables


def _needs(draft: Draft, graph: GraphDraft, meaning: Meaning) -> None:
    for _ in range(meaning.up):
        assert graph.owner is not None  # the meaning was found that many graphs further out
        draft, graph = graph.owner, graph.owner.graph
    _note_value(draft, meaning.position)


def _note_value(draft: Draft, position: int) -> None:
    """The draft, or something inside it, reads the value of the step at ``position`` beside it."""
    draft.needs.append(position)
    if draft.values is None:
        draft.values = []
    draft.values.append(position)


def _touch_result(graph: GraphDraft, names: Names, problems: Problems) -> None:
    assert graph.result is not None  # the caller looked
    read: set[str] = set()
    for path in graph.result.paths:
        try:
            meaning = names.meaning(path, graph)
        except UndefinedName as error:
            if not path.optional and not isinstance(error, Unknowable):
                problems.add(error, graph.owner.node if graph.owner else None, "result")
            continue
        if graph.owner and meaning.kind is Kind.VARIABLE:
            read.add(f"var:{meaning.name}")
        elif graph.owner and meaning.kind is Kind.STEP and meaning.up:
            _needs(graph.owner, graph.owner.graph, meaning._replace(up=meaning.up - 1))
    if graph.owner:
        graph.owner.reads |= read


def _lift(body: GraphDraft, owner: Draft) -> None:
    own = {f"var:{name}" for name in body.local}
    if "loop" in owner.spec.handles:
        own |= {LEAVING, f"{LEAVING}:{owner.node.id}"}
    reads, writes = set(owner.reads), set(owner.writes)
    for draft in body.drafts:
        reads |= draft.reads - own
        writes |= draft.writes - own
    owner.reads, owner.writes = frozenset(reads), frozenset(writes)


def _keys_of(draft: Draft) -> dict[TemplatePath, str]:
    """Path → the first key of the config that reads it; those of ``when`` are left out."""
    templates = list((draft.templates or {}).items())
    templates += [(draft.key_of(claim), template) for claim, template in (draft.fills or {}).items()]
    return {path: key for key, template in reversed(templates) for path in template.paths}


def _places(places: Iterable[str], draft: Draft) -> frozenset[str]:
    """The places that the node really touches: an optional input without a value names none."""
    named = (place_of(place, draft) for place in places)
    return frozenset(place for place in named if not place.endswith(":"))


def place_of(place: str, draft: Draft) -> str:
    """The place with ``{input}`` replaced by the constant in the config; every place of its sort if it is computed."""
    if "{" not in place:
        return place
    prefix, _, rest = place.partition("{")
    key, _, suffix = rest.partition("}")
    if key in (draft.templates or {}) or key in (draft.lines or {}):
        return f"{prefix}*" if prefix.endswith(":") else EVERYTHING
    port = draft.spec.inputs.get(key)
    value = (draft.constants or {}).get(key, port.default if port else "") or ""
    return f"{prefix}{value}{suffix}"
