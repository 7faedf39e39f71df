"""The facts of a plan as text."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from stratagem import columns, plural
from stratagem_cli.plan_facts import Facts

BODY_INDENT = "    "

MOST_SHOWN = 500
"""Steps of a graph that are told one by one; a larger graph is summed up."""

ENDS_SHOWN = 3
"""Steps that a long critical path is shown with at either end."""

NODES_SHOWN = 20
"""Nodes that are named of many that a pass has changed in the same way."""


def text_of(facts: Facts) -> str:
    """The whole plan of a file, its bodies indented under the steps that own them."""
    head = f"{facts['file']}: {_size(facts)}  (digest {facts['digest'][:12]})"
    return "\n".join([head, *_lines(facts)])


def _size(facts: Facts) -> str:
    return f"{plural(len(facts['steps']), 'step')} in {plural(len(facts['levels']), 'level')}"


def _lines(facts: Facts) -> Iterator[str]:
    if len(facts["steps"]) > MOST_SHOWN:
        yield columns(_sums(facts), "  ")
        yield from _revisions(facts["revisions"])
        yield f"  more than {MOST_SHOWN} steps are summed up; --json tells of each"
    elif facts["steps"]:
        yield columns(_rows(facts), "  ")
        yield ""
        for step in facts["steps"]:
            yield from _step(step)
        yield from _revisions(facts["revisions"])


def _revisions(revisions: list[Facts]) -> Iterator[str]:
    """What passes have changed; those that do the same for the same reason together."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for each in revisions:
        what = f"{each['node']} after {each['other']}" if each["other"] else each["node"]
        together.setdefault((each["change"], each["why"], each["by"]), []).append(what)
    for (change, why, by), nodes in together.items():
        more = f", and {len(nodes) - NODES_SHOWN:,} more" if len(nodes) > NODES_SHOWN else ""
        yield f"  {change} ({len(nodes)}): {', '.join(nodes[:NODES_SHOWN])}{more}"
        yield f"    {why}" + (f" ({by})" if by else "")


def _rows(facts: Facts) -> Iterator[tuple[str, str]]:
    for number, level in enumerate(facts["levels"], 1):
        yield f"level {number}", ", ".join(level)
    yield "critical path", " → ".join(facts["critical_path"])
    yield from _common(facts)


def _sums(facts: Facts) -> Iterator[tuple[str, str]]:
    """The same of a plan whose steps nobody would read one by one."""
    widths = [len(level) for level in facts["levels"]]
    most = max(widths)
    even = f"{most:,} steps at each level"
    yield (
        "widths",
        even if min(widths) == most else f"{min(widths):,} to {most:,} steps, most at level {widths.index(most) + 1}",
    )
    path = facts["critical_path"]
    shown = path if len(path) <= 2 * ENDS_SHOWN else [*path[:ENDS_SHOWN], "…", *path[-ENDS_SHOWN:]]
    yield "critical path", f"{plural(len(path), 'step')}: {' → '.join(shown)}"
    yield from _common(facts)
    for type_, count in Counter(step["type"] for step in facts["steps"]).most_common():
        yield "type", f"{type_}: {count:,}"


def _common(facts: Facts) -> Iterator[tuple[str, str]]:
    yield "estimate", _estimate(facts["seconds"])
    for kind, driver in facts["resources"].items():
        yield "resource", f"{kind}: {driver or 'of any plugin'}"


def _estimate(seconds: Facts) -> str:
    return (
        f"T1 = {seconds['work']:.3g} s one after the other, T∞ = {seconds['span']:.3g} s at best, "
        f"at most {seconds['estimate']:.3g} s with {seconds['workers']} at once"
    )


def _step(step: Facts) -> Iterator[str]:
    needs = ", ".join(step["resources"])
    traits = [f"level {step['level'] + 1}", step["effect"], f"{step['seconds']:.3g} s", *([needs] if needs else [])]
    yield f"  {step['id']}  {step['type']}  ({', '.join(traits)})"
    for wait in step["waits_for"]:
        yield f"    waits for {wait['step']}: {_why(wait['why'])}"
    for path, count in step["calls"].items():
        yield f"    calls {path}: {plural(count, 'step')}"
    for name, body in step["bodies"].items():
        yield f"    {name}: {_size(body)}"
        yield from (BODY_INDENT + line for part in _lines(body) for line in part.split("\n") if line)


def _why(reasons: dict[str, Any]) -> str:
    return "; ".join(f"{kind} ({', '.join(whats)})" for kind, whats in reasons.items())
