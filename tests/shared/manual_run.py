"""Runs the code blocks of one page, top to bottom, in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from shutil import copytree
from types import ModuleType

import pytest
from attrs import define, field

from manual_blocks import Block, blocks_of, commands_of
from manual_output import matches
from repository import ROOT, distributions, whole
from stratagem import ConfigError, Kernel, WorkflowError, load_config
from stratagem.hosting import Installed

EXAMPLES = ROOT / "contrib/std/examples"

SECRET = "API_TOKEN"
"""Set while workflows are compiled here; commands have to set it themselves, as readers have."""

WRONG = "wrong"
"""Begins the names of files that must be refused."""

FOLDER = "/flows"
"""What pages write for the folder that their commands run in."""

TIMEOUT = 60


@define
class PageRun:
    """The state of a page: its folder, the names its Python blocks share, the distributions installed so far.

    The folder has the repository's examples where a clone has them. A distribution is installed by its metadata
    alone, so that nothing of this environment changes.
    """

    folder: Path
    patch: pytest.MonkeyPatch
    module: ModuleType = field(factory=lambda: ModuleType("manual_page"))
    paths: list[Path] = field(factory=list)
    printed: str = ""

    def __attrs_post_init__(self) -> None:
        copytree(EXAMPLES, self.folder / EXAMPLES.relative_to(ROOT), dirs_exist_ok=True)
        self.patch.chdir(self.folder)
        self.patch.setenv(SECRET, "s3cret")
        self.patch.delenv("STRATAGEM_CONFIG", raising=False)
        self.patch.setitem(sys.modules, self.module.__name__, self.module)

    def run_all(self, page: Path) -> None:
        """Runs or checks the blocks of a page; raises AssertionError, or what a block raises."""
        for block in blocks_of(page):
            self.run(block)

    def run(self, block: Block) -> None:
        """Runs or checks one block."""
        kinds: dict[str, Callable[[Block], None]] = {
            "python": self._python,
            "output": self._output,
            "console": self._console,
            "yaml": self._workflow,
            "json": self._workflow,
            "toml": self._config,
            "sh": self._set_up,
            "text": lambda block: None,
        }
        assert block.language in kinds, f"{block.place}: {block.language!r} is run by nothing"
        kinds[block.language](block)

    def _python(self, block: Block) -> None:
        code = compile("\n" * (block.line - 1) + block.text, str(block.page), "exec")
        if block.file is not None:
            self._write(block)
            exec(code, {"__name__": Path(block.file).stem})
            return
        with redirect_stdout(StringIO()) as printed:
            exec(code, self.module.__dict__)
        self.printed = printed.getvalue()

    def _output(self, block: Block) -> None:
        assert matches(self.printed.splitlines(), block.text.splitlines()), f"{block.place} is:\n{self.printed}"

    def _console(self, block: Block) -> None:
        for command in commands_of(block):
            printed = self.shell(command.line)
            assert matches(printed, command.output), f"{block.place}: $ {command.line}\n" + "\n".join(printed)

    def shell(self, line: str) -> list[str]:
        """Return what a command prints, errors and all."""
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        modules = os.pathsep.join(map(str, self.paths))
        environment = {"PATH": programs, "PYTHONPATH": modules, "LANG": "C.UTF-8", "HOME": str(self.folder)}
        done = subprocess.run(
            line, shell=True, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT
        )
        return done.stdout.decode().replace(str(self.folder.resolve()), FOLDER).rstrip().splitlines()

    def _workflow(self, block: Block) -> None:
        file = self._write(block)
        if block.language == "json" and "nodes" not in json.loads(block.text):
            return
        kernel = Kernel(load_config(installed=Installed()))
        if file.name.startswith(WRONG):
            with pytest.raises(WorkflowError):
                kernel.compile(kernel.load(file))
            return
        workflow = kernel.load(file)
        kernel.fitted(workflow).compile(workflow)

    def _config(self, block: Block) -> None:
        file = self._write(block)
        if file.name == "pyproject.toml":
            return
        if file.name.startswith(WRONG):
            with pytest.raises(ConfigError):
                load_config(file)
        else:
            load_config(file)

    def _write(self, block: Block) -> Path:
        file = self.folder / (block.file or f"block-{block.line}.{block.language}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, "utf-8")
        return file

    def _set_up(self, block: Block) -> None:
        for line in block.text.splitlines():
            words = shlex.split(line, comments=True)
            if words[:3] == ["pip", "install", "-e"]:
                self._install(self.folder / words[3].partition("[")[0])
            elif words[:2] == ["pip", "install"]:
                ours = {each.name for each in (whole(), *distributions())}
                unknown = {word.partition("[")[0] for word in words[2:]} - ours
                assert not unknown, f"{block.place}: {unknown} is nothing of ours"
            elif words[:1] == ["make"]:
                targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
                assert set(words[1:]) <= targets, f"{block.place}: the Makefile has no such target"
            else:
                assert words[:1] in ([], ["git"], ["cd"]), f"{block.place}: {line!r} is checked by nothing"

    def _install(self, source: Path) -> None:
        project = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))["project"]
        stem = project["name"].replace("-", "_")
        metadata = source / "installed" / f"{stem}-{project['version']}.dist-info"
        metadata.mkdir(parents=True)
        (metadata / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        )
        points = "\n".join(
            f"[{group}]\n" + "\n".join(f"{name} = {value}" for name, value in offered.items())
            for group, offered in project["entry-points"].items()
        )
        (metadata / "entry_points.txt").write_text(points)
        for path in (metadata.parent, source / "src"):
            self.paths.append(path)
            self.patch.syspath_prepend(path)
