"""The facts of a plan as text."""

from collections.abc import Iterator
from typing import Any

from stratagem import columns, plural
from stratagem_cli.plan_facts import Facts

BODY_INDENT = "    "


def text_of(facts: Facts) -> str:
    """The whole plan of a file, its bodies indented under the steps that own them."""
    head = f"{facts['file']}: {_size(facts)}  (digest {facts['digest'][:12]})"
    return "\n".join([head, *_lines(facts)])


def _size(facts: Facts) -> str:
    return f"{plural(len(facts['steps']), 'step')} in {plural(len(facts['levels']), 'level')}"


def _lines(facts: Facts) -> Iterator[str]:
    if facts["steps"]:
        yield from _summary(facts)
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
        yield f"  {change} ({len(nodes)}): {', '.join(nodes)}"
        yield f"    {why}" + (f" ({by})" if by else "")


def _summary(facts: Facts) -> Iterator[str]:
    rows = [(f"level {number}", ", ".join(level)) for number, level in enumerate(facts["levels"], 1)]
    rows.append(("critical path", " → ".join(facts["critical_path"])))
    rows.append(("estimate", _estimate(facts["seconds"])))
    rows += [("resource", f"{kind}: {driver or 'of any plugin'}") for kind, driver in facts["resources"].items()]
    yield columns(rows, "  ")


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
