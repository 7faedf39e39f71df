"""How many examples property tests try: ``STRATAGEM_EXAMPLES`` is ``dev``, ``ci``, ``nightly``, or a factor.

The profiles scale what a test asks for itself through ``examples(n)``, so that an invariant which needs two
thousand examples in CI can be tried briefly while it is being worked on.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

FACTORS = {"dev": 0.1, "ci": 1.0, "nightly": 20.0}
VARIABLE = "STRATAGEM_EXAMPLES"


def factor() -> float:
    """The factor that the environment chooses; raises ``ValueError`` for one that is no profile and no number."""
    chosen = os.environ.get(VARIABLE, "ci")
    if chosen in FACTORS:
        return FACTORS[chosen]
    try:
        return float(chosen)
    except ValueError as error:
        raise ValueError(f"{VARIABLE}={chosen!r}: give a number or one of {', '.join(FACTORS)}") from error


def examples(count: int) -> int:
    """Return how many examples a test that wants ``count`` of them in CI shall try now: at least one."""
    return max(1, round(count * factor()))


settings.register_profile(
    "stratagem",
    max_examples=examples(100),
    deadline=None,  # machines that share their cores stall at any moment: a deadline would fail at random
    suppress_health_check=[HealthCheck.too_slow],  # for the same reason
    print_blob=True,
)
settings.load_profile("stratagem")
