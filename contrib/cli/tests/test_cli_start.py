"""The command itself: quick to start, the same in every form, and never a traceback."""

import logging
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable

import pytest

from stratagem import __version__
from stratagem_cli.console import Console
from stratagem_cli.dispatch import carry_out

Cli = Callable[..., tuple[int, str, str]]
Process = Callable[..., "subprocess.Popen[str]"]

QUICK = """
import sys
from stratagem_cli import main
code = main(sys.argv[1:])
heavy = {"anyio", "attrs", "pluggy", "stevedore", "rich", "stratagem.kernel"} & set(sys.modules)
if sys.argv[1:] != ["--help"]:  # which lists the commands of plugins
    heavy |= {"importlib.metadata"} & set(sys.modules)
assert not heavy, heavy
sys.exit(code)
"""


def failing(arguments: Namespace, console: Console) -> int:
    """A command with a mistake in it."""
    raise ZeroDivisionError("no such number")


def grouped(arguments: Namespace, console: Console) -> int:
    """A command that is interrupted while tasks run."""
    raise BaseExceptionGroup("tasks", [ValueError("x"), KeyboardInterrupt()])


def spoken(arguments: Namespace, console: Console) -> int:
    """A command whose libraries log."""
    logging.getLogger("elsewhere").info("for nobody")
    logging.getLogger("elsewhere").error("for all", exc_info=OSError("no disk"))
    logging.getLogger("stratagem.engine").info("for you")
    return 0


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"], ["nodes", "list", "--help"]])
def test_help_is_quick(arguments: list[str]) -> None:
    """Neither the kernel nor what it depends on is imported to print it."""
    ended = subprocess.run([sys.executable, "-W", "error", "-c", QUICK, *arguments], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout


def test_the_module_can_be_run(process: Process) -> None:
    """``python -m stratagem`` is the same command."""
    out, _ = process("--version").communicate(timeout=60)
    assert out == f"stratagem {__version__}\n"


def test_output_that_cannot_be_encoded_is_escaped(process: Process) -> None:
    """On a terminal that knows ASCII only, the rest is still readable."""
    ended = process("nodes", "show", "clitest.echo", env={"PYTHONIOENCODING": "ascii"})
    assert "Gives what it gets." in ended.communicate(timeout=60)[0]
    assert ended.returncode == 0


def arguments(command: Callable[[Namespace, Console], int], *, debug: bool = False) -> Namespace:
    """What the parser would give for a command of this module."""
    return Namespace(
        command=f"{__name__}:{command.__name__}", debug=debug, quiet=False, verbose=False, log_format="text"
    )


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or sys.modules[failing.__module__])


@pytest.mark.parametrize("debug", [False, True])
def test_a_mistake_in_a_command_is_one_line(capsys: pytest.CaptureFixture[str], debug: bool) -> None:
    """The traceback is for --debug alone; the exit code is 1."""
    assert carry_out(arguments(failing, debug=debug)) == 1
    err = capsys.readouterr().err
    assert "error: ZeroDivisionError: no such number. This was not expected; --debug shows where it arose.\n" in err
    assert ("Traceback" in err) == debug


def test_an_interrupt_in_a_group_is_an_interrupt(capsys: pytest.CaptureFixture[str]) -> None:
    """However deep the task groups have wrapped it."""
    assert carry_out(arguments(grouped)) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_warnings_of_others_are_shown_and_the_loggers_left_as_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    """From WARNING on, ours from INFO on; afterwards nothing of it is left."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("stratagem").level)
    assert carry_out(arguments(spoken)) == 0
    assert capsys.readouterr().err == "error: for all\n  OSError: no disk\nfor you\n"
    assert (root.level, root.handlers, logging.getLogger("stratagem").level) == before


def test_what_is_told_never_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where there is no standard error."""
    monkeypatch.setattr(sys, "stderr", None)
    Console().log("hello")
