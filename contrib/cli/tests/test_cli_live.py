"""Live progress, on a pseudo-terminal."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Callable

import pytest

pytest.importorskip("rich")

Flow = Callable[..., str]
Process = Callable[..., "subprocess.Popen[str]"]

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


def on_terminal(process: Process, *arguments: str, **others: str) -> tuple[int, str]:
    """The exit code, and all that a terminal of 100 columns was sent; ``others`` go into the environment."""
    own, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    streams = {"stdin": its, "stdout": its, "stderr": its}
    ended = process(*arguments, env={"TERM": "xterm-256color", **others}, **streams)
    os.close(its)
    sent = b""
    while part := _read(own):
        sent += part
    os.close(own)
    return ended.wait(60), sent.decode().replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux tells that the other side has been closed
        return b""


def test_a_terminal_shows_what_is_running(process: Process, flow: Flow) -> None:
    """Nodes that run are drawn, those of bodies under the node around them, with the steps that have ended."""
    body = [("inner", "wait", {"seconds": 0.4})]
    nodes = [("a", "echo", {"value": 1}), ("loop", "each", {"items": [1]}, {"bodies": {"body": body}, "after": "a"})]
    code, sent = on_terminal(process, "run", flow(*nodes))
    plain = ESCAPES.sub("", sent)
    assert code == 0
    assert HIDE in sent
    assert sent.rindex(SHOW) > sent.rindex(HIDE)
    assert re.search(r"flow\.json .* 1/2 steps ", plain)
    assert re.search(r"^  loop +clitest\.each +0\.\d s *\n    inner +clitest\.wait +0\.\d s", plain, re.MULTILINE)
    assert "done: 3 steps done in 0." in plain


def test_lines_scroll_by_above(process: Process, flow: Flow) -> None:
    """Logs, failures and what nodes print are whole lines between the drawings."""
    nodes: list[tuple[object, ...]] = [
        ("l", "log", {"message": "[bold]hello[/bold]"}),
        ("p", "noisy", {}, {"after": "l"}),
    ]
    nodes.append(("b", "boom", {}, {"on_error": "continue", "after": "p"}))
    _, sent = on_terminal(process, "run", flow(*nodes, ("w", "wait", {"seconds": 0.3}, {"after": "b"})))
    lines = [line.strip() for line in ESCAPES.sub("", sent).replace("\r", "\n").splitlines()]
    assert "[l] [bold]hello[/bold]" in lines
    assert "from python" in lines
    assert any(line.endswith("b (clitest.boom): ValueError: boom") for line in lines)


@pytest.mark.parametrize(("arguments", "term"), [(("--no-progress",), "xterm"), (("--quiet",), "xterm"), ((), "dumb")])
def test_nothing_is_drawn_where_it_is_not_wanted(
    process: Process, flow: Flow, arguments: tuple[str, ...], term: str
) -> None:
    """With --no-progress or --quiet, and where it can't be drawn on, a terminal gets plain lines."""
    code, sent = on_terminal(process, "run", flow(("w", "wait", {"seconds": 0.1})), *arguments, TERM=term)
    assert code == 0
    assert "\x1b" not in sent


def test_an_interrupted_run_leaves_the_terminal_right(process: Process, flow: Flow) -> None:
    """The cursor is shown again, be the end clean or sudden."""
    for node in (("a", "interrupted"), ("a", "interrupted", {"times": 2, "shielded": True})):
        code, sent = on_terminal(process, "run", flow(node))
        assert code == 130
        assert sent.rindex(SHOW) > sent.rindex(HIDE)
