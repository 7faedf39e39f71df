"""Shows figures: a line each, or all as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable

from attrs import asdict

from stratagem_bench.figures import Absent, Figure, Finding

HEAD = f"{'figure':38}{'value':>10}  {'unit':24}{'target':>8}  {'':5}  detail"


def line(finding: Finding) -> str:
    """One row of the table under `HEAD`."""
    if isinstance(finding, Absent):
        return f"{finding.name:38}{'–':>10}  skipped: {finding.why}"
    target = "" if finding.target is None else f"{'<' if finding.strict else '≤'} {finding.target:g}"
    verdict = {True: "pass", False: "MISS", None: ""}[finding.passed]
    return f"{finding.name:38}{_number(finding.value):>10}  {finding.unit:24}{target:>8}  {verdict:5}  {finding.detail}"


def closing(findings: Iterable[Finding]) -> str:
    """How many targets were kept and missed."""
    judged = [finding.passed for finding in findings if isinstance(finding, Figure) and finding.passed is not None]
    return f"{sum(judged)} of {len(judged)} targets kept"


def as_json(findings: Iterable[Finding]) -> str:
    """Everything as one object: where it was measured, ``figures`` and ``skipped``."""
    listed = list(findings)
    figures = [{**asdict(each), "passed": each.passed} for each in listed if isinstance(each, Figure)]
    skipped = [asdict(each) for each in listed if isinstance(each, Absent)]
    machine = {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}
    return json.dumps({**machine, "figures": figures, "skipped": skipped}, indent=1, ensure_ascii=False)


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) or value >= 100 else f"{value:.3f}"
