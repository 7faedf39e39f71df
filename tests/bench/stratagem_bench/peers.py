"""Other engines beside ours, by the comparison that lies beside the checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from corpora import PEERS
from repository import ROOT

ADAPTER = "stratagem_dag"
ADAPTERS = Path(__file__).parents[1] / "adapters"
ENVIRONMENTS = ("base", "hamilton", "dask", "langgraph")
OTHERS = ("limit_await", "asyncio_taskgroup", "hamilton_async", "dask_threaded", "langgraph_async")
OURS = ("core", "plugins/dag")

RUN = f"import run; run.PEERS[{ADAPTER!r}] = ('base', run.ALL); run.main()"
"""The comparison with one more peer."""


def compare(rounds: int, folder: Path | None) -> int:
    """Installs the peers that install quickly and prints the comparison's table.

    They are installed below ``folder``, where they can be used again; else in a temporary one. Gives the exit code.
    """
    if not PEERS.is_dir():
        print("skipped: the comparison with other engines lies beside the checkout, and is absent here")
        return 0
    if folder is not None:
        return _compare_in(folder, rounds)
    with TemporaryDirectory(prefix="stratagem-peers-") as made:
        return _compare_in(Path(made), rounds)


def _compare_in(folder: Path, rounds: int) -> int:
    shutil.copytree(PEERS, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
    shutil.copyfile(ADAPTERS / f"{ADAPTER}.py", folder / "adapters" / f"{ADAPTER}.py")
    subprocess.run([sys.executable, "setup_venvs.py", *ENVIRONMENTS], cwd=folder, check=True)
    python = str(folder.resolve() / "venvs/base/bin/python")
    projects = [str(ROOT / project) for project in OURS]
    subprocess.run([python, "-m", "pip", "install", "-q", "--force-reinstall", "--no-deps", *projects], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", *projects], check=True)
    only = ",".join((*OTHERS[:2], ADAPTER, *OTHERS[2:]))
    command = [python, "-c", RUN, "--only", only, "--rounds", str(rounds)]
    return subprocess.run(command, cwd=folder, check=False).returncode
