"""The skeleton of a plugin that answers ``acquire_resource``: a pool of empty folders."""

from stratagem_cli.skeletons.common import TESTING, plugin, pyproject, readme

_CODE = '''\
"""The driver ``%NAME%``: leases empty folders, which a pool makes, empties and removes."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from anyio import to_thread
from stratagem import ResourceRequest, StepRun
from stratagem_pools import Factory, Key, PoolPlugin


class Workspace:
    """A folder in the hands of a step, for as long as its lease lasts."""

    def __init__(self, folder: Path) -> None:
        self._folder: Path | None = folder

    @property
    def folder(self) -> Path:
        """The folder; raises RuntimeError after the lease."""
        if self._folder is None:
            raise RuntimeError("the lease of this folder has ended")
        return self._folder

    def end(self) -> None:
        """End the use of the folder."""
        self._folder = None


class Folders(Factory[Path]):
    """Makes folders, empties them after each lease, and removes them in the end."""

    async def create(self, key: Key) -> Path:
        return Path(await to_thread.run_sync(tempfile.mkdtemp))

    async def close(self, member: Path) -> None:
        await to_thread.run_sync(shutil.rmtree, member)

    async def check(self, member: Path) -> bool:
        return await to_thread.run_sync(member.is_dir)

    async def reset(self, member: Path) -> None:
        await to_thread.run_sync(_empty, member)

    @asynccontextmanager
    async def lend(self, member: Path, step: StepRun, request: ResourceRequest) -> AsyncIterator[Workspace]:
        workspace = Workspace(member)
        try:
            yield workspace
        finally:
            workspace.end()


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


class %CLASS%Driver(PoolPlugin[Path]):
    """Provides the kind ``%NAME%``; its settings are those of the pool."""

    provides = ("%NAME%",)

    def factory(self, kind: str) -> Factory[Path]:
        """Return what makes the members of the pool."""
        return Folders()
'''

_TEST = '''\
"""The driver keeps what providers with a pool promise, and hands out empty folders."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from stratagem import Kernel, Pack, ResourceRequest, StepRun
from stratagem_pools import Factory, Key, PoolPlugin, PoolSettings
from stratagem_testing import PoolContract, node, workflow_of

from %PACKAGE% import Folders, %CLASS%Driver, Workspace


class Counted(Folders):
    """Knows what is open."""

    def __init__(self) -> None:
        self.folders: set[Path] = set()
        self.leases = 0

    async def create(self, key: Key) -> Path:
        folder = await super().create(key)
        self.folders.add(folder)
        return folder

    @asynccontextmanager
    async def lend(self, member: Path, step: StepRun, request: ResourceRequest) -> AsyncIterator[Workspace]:
        async with super().lend(member, step, request) as workspace:
            self.leases += 1
            try:
                yield workspace
            finally:
                self.leases -= 1


class GivenFactory(%CLASS%Driver):
    """Has the factory that it is given."""

    folders: Folders

    def factory(self, kind: str) -> Factory[Path]:
        return self.folders


class TestContract(PoolContract):
    """The promises of every provider with a pool."""

    turns = 10

    def setup_method(self) -> None:
        self.folders = Counted()

    def pooled(self, limits: PoolSettings) -> PoolPlugin[Path]:
        plugin = GivenFactory(limits)
        plugin.folders = self.folders
        return plugin

    def open_now(self) -> int:
        return self.folders.leases

    def left_over(self) -> int:
        return sum(folder.exists() for folder in self.folders.folders)

    async def use(self, leased: Workspace) -> Path:
        return leased.folder


def test_a_step_gets_an_empty_folder() -> None:
    """Nothing is left that the step before has written."""
    pack = Pack("test")

    @pack.node(resources={"workspace": "%NAME%"})
    def write(workspace: object) -> list[str]:
        """Writes a file, and gives those that were there before."""
        assert isinstance(workspace, Workspace)
        found = [path.name for path in workspace.folder.iterdir()]
        (workspace.folder / "mine.txt").write_text("mine", "utf-8")
        return found

    async def main() -> None:
        flow = workflow_of(node("a", "test.write"), node("b", "test.write", after=("a",)))
        async with Kernel(plugins=[%CLASS%Driver(PoolSettings(size=1))], packs=[pack]) as kernel:
            result = (await kernel.run(flow)).raise_for_error()
            assert [result.outputs[name]["result"] for name in ("a", "b")] == [[], []]

    anyio.run(main)
'''

_CONFIG = """\
schema = 1

[resources]
%NAME% = "%NAME%"

[settings.%NAME%]
size = 4
"""

_README = readme(
    "A driver for Stratagem: nodes that need the resource kind `%NAME%` are given an empty folder from a pool.",
    "acquire_resource",
    _CONFIG,
    later="; without a config it is taken as the one driver of its kind that is installed",
)

_PROJECT = pyproject(
    "A driver for Stratagem", "stratagem.resource", "%CLASS%Driver", "%POOLS%", "anyio>=4.9,<5", tests=TESTING
)
_DRIVER = """\
[project.entry-points."stratagem.driver"]
%NAME% = "%MODULE%"

[tool.hatch"""

FILES = plugin(_CODE, _TEST, _README, _CONFIG, _PROJECT.replace("[tool.hatch", _DRIVER, 1))
"""Path → text."""
