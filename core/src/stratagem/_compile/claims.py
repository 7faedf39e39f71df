"""Claims of nodes on resources: reads them, and finds the places by which steps that share a lease are kept in order.

A step that needs a kind is given a lease that is held for it, if there is one. Only where there may be one does the step
touch a place, ``resource:kind:name``; it touches ``resource:kind:*`` where only the run tells the name. Steps with leases
of their own touch none, and so may run at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import define, evolve

from stratagem._compile.draft import Draft, GraphDraft, Holding, Problems
from stratagem._support.suggesting import suggestion
from stratagem.claim import Claim
from stratagem.errors import BadInput, WorkflowError
from stratagem.model import ResourceRequest
from stratagem.plan import Plan
from stratagem.templates.parsing import parse_config
from stratagem.templates.template import Template

ANY = "*"


def read_claims(graph: GraphDraft, problems: Problems, provided: frozenset[str] | None) -> None:
    """Gives each draft, down into the bodies, what it asks of resources.

    Of those that it can do without only what is ``provided``, which is None where only the run can tell.
    """
    for draft in graph.drafts:
        spec, node = draft.spec, draft.node
        if spec.resources or spec.holds or spec.opens or (node.resources and spec.pack and not node.disabled):
            _read(draft, problems, provided)
        for body in (draft.bodies or {}).values():
            read_claims(body, problems, provided)


def _read(draft: Draft, problems: Problems, provided: frozenset[str] | None) -> None:
    spec, asked = draft.spec, draft.node.resources
    draft.holds = [_holding(text, draft, problems) for text in spec.holds]
    draft.opens = [_holding(text, draft, problems) for text in spec.opens]
    held = dict.fromkeys(holding.kind for holding in (*draft.holds, *draft.opens))
    wanted = [(parameter, kind) for parameter, kind in spec.resources.items()] + [("", kind) for kind in held]
    for key in asked.keys() - {*spec.resources, *(kind for _, kind in wanted)}:
        known = list(dict.fromkeys((*spec.resources, *(kind for _, kind in wanted))))
        hint = suggestion(key, known, "It needs: {}.")
        error = BadInput(f"{spec.type} needs no resource {key!r}", provider=spec.distribution or None, hint=hint)
        problems.add(error, draft.node, f"resources.{key}")
    draft.asked = []
    for parameter, kind in wanted:
        if parameter in spec.optional and provided is not None and kind not in provided:
            continue
        key = parameter if parameter in asked else kind
        request = asked.get(key, ResourceRequest())
        _check(request, parameter, key, draft, problems)
        own = key in asked and request.name is None
        claim = Claim(parameter, evolve(request, kind=kind), own)
        draft.asked.append(claim)
        template = _template(request, key, draft, problems)
        if template is not None:
            draft.fills = {**(draft.fills or {}), claim: template}


def _check(request: ResourceRequest, parameter: str, key: str, draft: Draft, problems: Problems) -> None:
    """A name stands alone, and is for steps that use what others hold."""
    if request.name is None:
        return
    if not parameter:
        error = BadInput(f"{draft.spec.type} tells the name of what it holds itself", hint="Leave 'name' out.")
        problems.add(error, draft.node, f"resources.{key}.name")
    elif request != ResourceRequest(name=request.name):
        hint = "Labels, session, sharing and priority are said where the lease is opened."
        error = BadInput("'name' asks for a lease that is open: nothing more can be asked of that", hint=hint)
        problems.add(error, draft.node, f"resources.{key}")


def _template(request: ResourceRequest, key: str, draft: Draft, problems: Problems) -> Template | None:
    """The labels and the session as a template; None if they are constant."""
    try:
        template = template_of(request)
    except WorkflowError as error:
        problems.add(error, draft.node, f"resources.{key}")
        return None
    return None if template.constant else template


def template_of(request: ResourceRequest) -> Template:
    """The labels and the session as a template; raises WorkflowError."""
    return parse_config({"labels": dict(request.labels), "session": request.session})


def _holding(text: str, draft: Draft, problems: Problems) -> Holding:
    kind, _, name = text.partition(":")
    told = _told(kind, draft)
    if told is None:
        key = kind.strip("{}")
        problems.add(BadInput("a resource kind must be written out, not computed"), draft.node, key)
    asked = draft.node.resources.get(told or "")
    named = _told(name, draft)
    return Holding(told or "", ANY if named is None else named, asked is not None and asked.shared)


def _told(text: str, draft: Draft) -> str | None:
    """The text with ``{input}`` replaced by the constant in the config; None where that is computed."""
    if not text.startswith("{"):
        return text
    key = text.strip("{}")
    if key in (draft.templates or {}) or key in (draft.lines or {}):
        return None
    port = draft.spec.inputs.get(key)
    value = (draft.constants or {}).get(key, port.default if port else "")
    return str(value or "")


def touch_resources(root: GraphDraft, called: Mapping[int, Mapping[str, Plan]]) -> None:
    """Adds to each draft, down into the bodies, the places of the held leases that it may use, opens or closes.

    ``called`` are the plans of subflows by the id of the draft that calls them.
    """
    _Toucher(list(_opened(root)), called).touch(root, [])


def _opened(graph: GraphDraft) -> Iterator[Holding]:
    for draft in graph.drafts:
        yield from draft.opens or ()
        for body in (draft.bodies or {}).values():
            yield from _opened(body)


@define
class _Toucher:
    """``opened`` are the leases that nodes open somewhere: any step may be given them, as bodies write through."""

    opened: list[Holding]
    called: Mapping[int, Mapping[str, Plan]]

    def touch(self, graph: GraphDraft, around: list[Holding]) -> None:
        """Touches the drafts of ``graph``; ``around`` is what the owners of the graph hold."""
        for draft in graph.drafts:
            self._touch(draft, around)

    def _touch(self, draft: Draft, around: list[Holding]) -> None:
        if not (draft.opens or draft.asked or draft.bodies or id(draft) in self.called):
            return
        reads: set[str] = set()
        writes = {holding.place for holding in draft.opens or ()}
        for claim in draft.asked or ():
            if claim.parameter and not claim.own:
                self._use(claim.request.kind, claim.request.name, around, reads, writes)
        for plan in self.called.get(id(draft), {}).values():
            for kind in plan.kinds:
                self._use(kind, None, around, reads, writes)
        for body in (draft.bodies or {}).values():
            self.touch(body, [*around, *(draft.holds or ())])
            own = {each.kind for each in draft.holds or ()} - {each.kind for each in (*around, *self.opened)}
            for inner in body.drafts:
                reads |= {place for place in inner.reads if _is_outer(place, own)}
                writes |= {place for place in inner.writes if _is_outer(place, own)}
        if reads or writes:
            draft.reads |= reads
            draft.writes |= writes

    def _use(self, kind: str, name: str | None, around: list[Holding], reads: set[str], writes: set[str]) -> None:
        """A step may be given one of the leases that are held around it, or are opened somewhere."""
        found = [each for each in (*around, *self.opened) if each.kind == kind and _may_be(name, each.name)]
        if found:
            touched = reads if all(each.shared for each in found) else writes
            touched.add(f"resource:{kind}:{ANY if name is None else name}")


def _may_be(asked: str | None, name: str) -> bool:
    return asked is None or name in (ANY, asked)


def _is_outer(place: str, own: set[str]) -> bool:
    """Return whether a place in a body is one of a lease, and not of one that the owner alone holds."""
    sort, _, rest = place.partition(":")
    return sort == "resource" and rest.partition(":")[0] not in own
