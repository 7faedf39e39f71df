"""Wiring: steps whose inputs are whole values of other steps keep the numbers of these, and nothing else.

``{{ node.port }}`` and a drawn line are the most frequent inputs by far. Their templates and getters would take ten
objects a step; they are made again from the node's config for whoever asks for `Step.inputs`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from attrs import define, field

from stratagem._compile.bind import source_of
from stratagem._compile.feeds import exact_type, feed_of_lines, feed_of_template, parameter_of
from stratagem.inputs import Inputs
from stratagem.nodes.types import shallow_checker
from stratagem.plan import Wire, Wiring
from stratagem.templates.parsing import parse_config
from stratagem.templates.whole_path import WholePath

if TYPE_CHECKING:
    from stratagem._compile.draft import Draft
    from stratagem.inputs import Feed
    from stratagem.nodes.spec import NodeSpec
    from stratagem.plan import Step


@define
class Wirings:
    """The wirings of a plan's steps, each once."""

    _known: dict[tuple[NodeSpec, tuple[str, ...], int], Wiring | None] = field(factory=dict)

    def wire(self, step: Step, draft: Draft, indexes: list[int]) -> bool:
        """Wires the step, if all that feeds it are whole values of steps in its own graph; return whether it is."""
        templates, lines = draft.templates or {}, draft.lines or {}
        if draft.config is not draft.node.config or step.flows or not (templates or lines):
            return False
        wiring = self._wiring(draft.spec, (*templates, *lines), len(templates))
        positions = None if wiring is None else _positions(draft)
        if positions is None:
            return False
        step.wire(wiring, tuple([indexes[at] for at in positions]), _constants(draft))  # type: ignore[arg-type]  # there is one
        return True

    def _wiring(self, spec: NodeSpec, keys: tuple[str, ...], templates: int) -> Wiring | None:
        known = (spec, keys, templates)
        if known not in self._known:
            plain = all(_takes_whole_values(spec, key) for key in keys)
            self._known[known] = made_wiring(spec, keys, templates) if plain else None
        return self._known[known]


def made_wiring(spec: NodeSpec, keys: tuple[str, ...], templates: int) -> Wiring:
    """A wiring of the inputs ``keys``, the first ``templates`` of them from the config, the others from lines."""
    return _Wiring(_wires(spec, keys, templates), keys, templates)


def _takes_whole_values(spec: NodeSpec, key: str) -> bool:
    port = spec.inputs.get(key)
    return port is None or not (port.deferred or port.variadic or port.read)


def _wires(spec: NodeSpec, keys: Sequence[str], templates: int) -> tuple[Wire, ...]:
    """The wires by key; values that lines bring are not looked at, as the ports at both ends were."""
    found = []
    for number, key in enumerate(keys):
        port = spec.inputs.get(key)
        check = shallow_checker(port.annotation) if port and number < templates else None
        found.append((parameter_of(key, spec), exact_type(port) if check else None, check))
    return tuple(found)


def _positions(draft: Draft) -> list[int] | None:
    """The positions of the steps whose whole values the draft is given; None if something else is among its inputs."""
    found: list[int] = []
    for template in (draft.templates or {}).values():
        if type(template) is not WholePath:
            return None
        position = draft.graph.wholes.get(template.path)
        if position is None or not _gives_one_value(draft.graph.drafts[position].spec, str(template.path.steps[0])):
            return None
        found.append(position)
    for lines in (draft.lines or {}).values():
        ((position, port),) = lines
        found.append(position)
        if not _gives_one_value(draft.graph.drafts[position].spec, port):
            return None
    return found


def _gives_one_value(spec: NodeSpec, port: str) -> bool:
    return spec.single and not spec.outputs[port].optional


def _constants(draft: Draft) -> dict[str, object] | None:
    spec = draft.spec
    return {parameter_of(key, spec): value for key, value in draft.constants.items()} if draft.constants else None


@define(eq=False)
class _Wiring(Wiring):
    """Knows the keys of the config, and behind them of the lines, that the wires stand for."""

    wires: tuple[Wire, ...]
    keys: tuple[str, ...]
    templates: int
    bound: Callable[[Any], Awaitable[Any]] | None = None

    @property
    def form(self) -> tuple[tuple[str, ...], int]:
        return self.keys, self.templates

    @property
    def templated(self) -> bool:
        return self.templates > 0

    def inputs(self, step: Step) -> Inputs:
        feeds = [self._feed(step, number) for number in range(len(self.keys))]
        return Inputs(step.constants, feeds)

    def _feed(self, step: Step, number: int) -> Feed:
        key, index, node, spec = self.keys[number], step.edges[number], step.node, step.spec
        if number >= self.templates:
            return feed_of_lines(key, [source_of("step", "", index=index)], node, spec)
        template = parse_config(node.config[key])
        source = source_of("step", str(template.paths[0].steps[0]), index=index, uses=1)
        return feed_of_template(key, template, template.bind(lambda path: (source.get, 1)), node, spec, (source,))
