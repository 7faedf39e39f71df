"""The pack imports the module of a node when the node is asked for, and no other."""

from __future__ import annotations

import subprocess
import sys

import pytest

from stratagem_std import pack
from stratagem_testing import check_modules


@pytest.mark.parametrize("module", pack.modules)
def test_each_module_registers_what_is_listed(module: str) -> None:
    """And all that the modules register is listed."""
    check_modules("stratagem_std:pack", module)


def test_a_node_brings_its_own_module_alone() -> None:
    """A workflow pays for the nodes that it uses."""
    program = "import sys, stratagem_std; stratagem_std.pack.versions('add'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, check=True, text=True)
    loaded = done.stdout.split()
    assert "stratagem_std.arithmetic" in loaded
    assert "stratagem_std.http" not in loaded
