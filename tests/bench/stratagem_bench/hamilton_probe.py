"""Times the same graph with Hamilton: a module of functions, the driver, and its first run. It runs without ours."""

from __future__ import annotations

import json
import os
import sys
import types
from time import perf_counter

os.environ["HAMILTON_TELEMETRY_ENABLED"] = "false"
from hamilton import base, driver, registry  # type: ignore[import-not-found]  # it has an environment of its own
from hamilton_source import leaves_of, source_of  # type: ignore[import-not-found]  # it stands beside this file

registry.disable_autoload()


def main(small: str, large: str) -> None:
    """Prints seconds, and the sum of the values that nobody reads."""
    _run("warm", source_of(small), leaves_of(small))
    source, leaves = source_of(large), leaves_of(large)
    begun = perf_counter()
    found = _run("graph", source, leaves)
    print(json.dumps({"total": perf_counter() - begun, "sum": sum(found.values())}))


def _run(name: str, source: str, leaves: list[str]) -> dict[str, int]:
    module = types.ModuleType(name)
    # not with this module's future: annotations that are texts would cost Hamilton twice
    exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)
    sys.modules[name] = module
    built = driver.Builder().with_modules(module).with_adapter(base.DefaultAdapter()).build()
    found: dict[str, int] = built.execute(leaves)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
