"""For authors of packs: whether each node is registered by the module that the pack lists it under."""

from __future__ import annotations

import json
import subprocess
import sys

PROBE = """
import json, sys
from importlib import import_module
module, _, attribute = sys.argv[1].partition(":")
pack = getattr(import_module(module), attribute)
missing = [name for name in pack.modules[sys.argv[2]] if not pack.versions(name)]
print(json.dumps(missing))
"""

UNLISTED = """
import json, sys
from importlib import import_module
module, _, attribute = sys.argv[1].partition(":")
pack = getattr(import_module(module), attribute)
listed = {name for names in pack.modules.values() for name in names}
for home in pack.modules:
    import_module(home)
print(json.dumps([name for name in pack.names() if name not in listed]))
"""


def check_modules(pack: str, *modules: str) -> None:
    """Asserts that the listed modules register their nodes, each alone in a fresh interpreter, and that none is left out.

    Args:
        pack: the pack as its entry point names it, such as ``my_pack:pack``.
        modules: those to try; where left out, only that all nodes are listed is looked at.
    """
    for module in modules:
        missing = _printed(PROBE, pack, module)
        assert missing == [], f"{module} does not register {', '.join(missing)}"
    unlisted = _printed(UNLISTED, pack)
    assert unlisted == [], f"the pack's modules register more than they list: {', '.join(unlisted)}"


def _printed(program: str, *arguments: str) -> list[str]:
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    found: list[str] = json.loads(done.stdout)
    return found
