"""References and look-ups as functions of a scope."""

from typing import Any

from stratagem.templates import syntax
from stratagem.templates.kinds import FAILURES, failure_text
from stratagem.templates.link import Bound, Evaluate, Part, TemplateLink
from stratagem.templates.lookup import look_up
from stratagem.templates.missing import Missing, reference_text
from stratagem.templates.paths import Getter


def reference(node: syntax.Reference, link: TemplateLink) -> Evaluate:
    """The value of a path; raises Missing where it has none."""
    bound = link.bound(node)
    if bound.getter is None:
        return _never(node, bound)
    if bound.steps >= len(node.steps):
        return _whole(node, bound.getter)
    return _stepwise(node, bound.getter, bound.steps)


def _never(node: syntax.Reference, bound: Bound) -> Evaluate:
    def call(scope: Any) -> Any:
        raise Missing(node.source, node.path.text, known=bound.unknown)

    return call


def _whole(node: syntax.Reference, get: Getter) -> Evaluate:
    def call(scope: Any) -> Any:
        try:
            return get(scope)
        except LookupError as error:
            raise Missing(node.source, node.path.text) from error

    return call


def _stepwise(node: syntax.Reference, get: Getter, used: int) -> Evaluate:
    path, rest = node.path, node.steps[used:]

    def call(scope: Any) -> Any:
        try:
            value = get(scope)
        except LookupError as error:
            raise Missing(node.source, reference_text(path, used)) from error
        done = used
        try:
            for step in rest:
                value = value[step] if type(value) is dict else look_up(value, step)
                done += 1
        except LookupError:
            raise Missing(node.source, reference_text(path, done + 1), value, path.steps[done]) from None
        return value

    return call


def look_ups(node: syntax.Lookups, base: Part, steps: list[Part]) -> Part:
    """Look-ups of computed keys, or into computed values."""
    first, calls = base.call, [step.call for step in steps]

    def call(scope: Any) -> Any:
        value = first(scope)
        for index, step in enumerate(calls):
            key = step(scope)
            try:
                value = look_up(value, key)
            except LookupError:
                raise Missing(node.source, node.source.text[node.start : node.ends[index]], value, key) from None
            except FAILURES as error:
                raise node.source.problem(failure_text(error), node.steps[index].start) from None
        return value

    return Part(call, base.constant and all(step.constant for step in steps))
