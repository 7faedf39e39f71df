"""The summary of a run, in one line."""

from stratagem import RunResult, Skipped

MAX_NAMES = 20


def summary(result: RunResult) -> str:
    """Such as ``done: 12 steps done, 3 skipped in 0.52 s``."""
    done = result.steps["done"]
    parts = [f"{done} step{'' if done == 1 else 's'} done"]
    parts += [f"{n} {outcome.replace('_', ' ')}" for outcome, n in result.steps.items() if n and outcome != "done"]
    return f"{result.status}: {', '.join(parts)} in {result.seconds:.2f} s"


def cancelled_nodes(result: RunResult) -> str:
    """The ids of the nodes of the workflow itself that were running when it was cancelled."""
    names = [node for node, outcome in result.outcomes.items() if outcome == Skipped("cancelled")]
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more
