"""Secrets through the whole house: used as they are, and in no output, log, record, page or cache."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stratagem_cli import main

Cli = Callable[..., tuple[int, str]]

TOKEN = "tök-it's\"quark/strix zebra"
"""Has something that each form escapes."""

PACK = '''
import base64
import html
import json
import logging
import sys
import textwrap
import threading
import urllib.parse
import warnings

from stratagem import Context, Pack, Secret

pack = Pack("leaky")


def forms_of(text):
    coded = f"ada:{text}".encode()
    return {
        "plain": text,
        "repr": repr(text),
        "json": json.dumps(text),
        "url": f"http://localhost/?{urllib.parse.urlencode({'token': text})}",
        "html": html.escape(text),
        "basic": base64.b64encode(coded).decode(),
        "urlsafe": base64.urlsafe_b64encode(coded).decode(),
        "wrapped": textwrap.fill(text, 8),
        "cut": f"{text[:12]}…",
    }


@pack.node()
def forms(token: str) -> object:
    """Gives the secret in every form, as plain text."""
    return forms_of(token.reveal())


@pack.node()
def leak(token: str, context: Context) -> None:
    """Tells it wherever a node can."""
    for name, form in forms_of(token.reveal()).items():
        context.log.warning("%s: %s", name, form)
        print(name, form)
        sys.stderr.write(f"{name}: {form}\\n")
        logging.getLogger("elsewhere").warning("%s: %s", name, form)
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(f"{name}: {form}", stacklevel=1)
        context.metric("leaks", 1, form=form)
        context.artifact(f"/tmp/{form}")


@pack.node(runs="thread")
def thread(token: str) -> None:
    """Has a thread of its own raise it."""

    def fail():
        raise ValueError(f"no {token.reveal()}")

    own = threading.Thread(target=fail)
    own.start()
    own.join()


@pack.node()
def fail(token: str, form: str) -> None:
    """Raises it, with a note and a cause."""
    told = forms_of(token.reveal())[form]
    error = ValueError(f"no {told}")
    error.add_note(f"note: {told}")
    raise error from KeyError(told)


@pack.node()
def sign_in() -> object:
    """Gives a secret of its own."""
    return Secret("session-5f8e1b")


@pack.node(effect="read")
def echo(session: str) -> str:
    """Gives it back as it came, as servers do."""
    return f"{{'session': {session.reveal()!r}}}"


@pack.node(effect="pure")
def parsed(token: str) -> object:
    """A pure node of its own."""
    return {"first": token[:9].upper(), "rest": [token.reveal().split()]}
'''

FORMS = ("plain", "repr", "json", "url", "html", "basic", "urlsafe", "wrapped", "cut")

CONFIG = """
[plugins]
use = ["report", "node-cache"]

[settings.report]
folder = "records"
values = true

[settings.node-cache]
store = "cache.db"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a config and an installed pack that leaks; the secret is in the environment."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/leaky_pack.py").write_text(PACK, "utf-8")
    info = tmp_path / "site/leaky-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: leaky\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[stratagem.nodes]\nleaky = leaky_pack:pack\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path / "site")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    (tmp_path / "work/stratagem.toml").write_text(CONFIG, "utf-8")
    monkeypatch.setenv("TOKEN", f"{TOKEN}\n")
    monkeypatch.setenv("CREDS", json.dumps({"user": "ada", "password": "hunter2-correct", "pins": ["77-88-99"]}))
    return tmp_path / "work"


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    """Carries out a command, and gives its exit code and all that it wrote."""

    def call(*arguments: str) -> tuple[int, str]:
        capfd.readouterr()
        code = main(arguments)
        told = capfd.readouterr()
        return code, told.out + told.err

    return call


def flow(folder: Path, *nodes: dict[str, Any], **more: Any) -> None:
    text = json.dumps({"stratagem": 1, "settings": {"on_error": "continue"}, "nodes": nodes, **more})
    (folder / "flow.json").write_text(text, "utf-8")


def written(folder: Path) -> Iterator[str]:
    """The content of every file that the run has left, as text in whatever coding."""
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in ("flow.json", "stratagem.toml"):
            yield path.read_bytes().decode(errors="replace")


def pieces(text: str) -> list[str]:
    """What of the secret, in some form, the text still has."""
    traces = ["quark", "strix", "zebra", "it's", "it&#", "it%27", "t\\u00f6k-", "tök-", "tmstaXQn", "dHJpeCB6"]
    return [trace for trace in traces if trace in text]


LEAKING = (
    {"id": "forms", "type": "leaky.forms", "config": {"token": "{{ secrets.TOKEN | trim }}"}},
    {"id": "thread", "type": "leaky.thread", "config": {"token": "{{ secrets.TOKEN | trim }}"}},
    {"id": "leak", "type": "leaky.leak", "config": {"token": "{{ secrets.TOKEN | trim }}"}},
    *({"id": f"fail-{form}", "type": "leaky.fail", "config": {"token": "{{ secrets.TOKEN | trim }}", "form": form}} for form in FORMS),
)  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [
        ["--json", "--explain"],
        ["--explain", "--debug", "--verbose"],
        ["--log-format", "json", "--progress", "--report", "page.html"],
    ],
)
def test_what_a_node_tells_of_a_secret_is_nowhere_to_be_seen(folder: Path, cli: Cli, options: list[str]) -> None:
    """In results, failures, logs, warnings, tracebacks, metrics, the record and the page; whatever form it has."""
    flow(folder, *LEAKING, variables={"kept": None}, result="{{ forms.result }}")
    code, told = cli("run", "flow.json", *options)
    assert code == 0
    assert told.count("***") > 20
    assert not pieces(told), told
    assert not [piece for text in written(folder) for piece in pieces(text)]


def test_a_run_that_fails_tells_no_secret_either(folder: Path, cli: Cli) -> None:
    """Its error has the mask, on the console and as JSON, with a traceback and without."""
    node = {"id": "fail", "type": "leaky.fail", "config": {"token": "{{ secrets.TOKEN }}", "form": "json"}}
    flow(folder, node, settings={})
    for options in ([], ["--json"], ["--debug"], ["--log-format", "json"]):
        code, told = cli("run", "flow.json", *options)
        assert code == 1
        assert "no *" in told or 'no \\"*' in told or "***" in told
        assert not pieces(told), told


def test_what_is_parsed_out_of_a_secret_and_what_a_node_hides_itself_stays_secret(folder: Path, cli: Cli) -> None:
    """By std nodes, by pure nodes of any pack, and in what others echo; neither told nor stored."""
    flow(
        folder,
        {"id": "creds", "type": "std.json_parse", "config": {"text": "{{ secrets.CREDS }}"}, "cache": {"ttl": 60}},
        {"id": "own", "type": "leaky.parsed", "config": {"token": "{{ secrets.CREDS }}"}, "cache": {"ttl": 60}},
        {"id": "say", "type": "std.log", "config": {"message": "{{ creds.result.user }}:{{ creds.result.password }}"}},
        {"id": "pin", "type": "std.log", "config": {"message": "{{ creds.result.pins[0] }} {{ own.result.rest }}"}},
        {"id": "session", "type": "leaky.sign_in"},
        {"id": "echo", "type": "leaky.echo", "config": {"session": "{{ session.result }}"}},
        {"id": "boom", "type": "std.json_get", "config": {"data": {"a": 1}, "path": "{{ creds.result.password }}"}},
        variables={"kept": "{{ 1 }}"},
        result="{{ [creds.result, own.result, echo.result] }}",
    )
    code, told = cli("run", "flow.json", "--json", "--verbose")
    assert code == 0
    assert "[say] ***" in told
    for secret in ("hunter2", "77-88", "session-5f", "HUNTER2", '"ada"'):
        assert secret not in told
        assert not any(secret in text for text in written(folder))


def test_secret_values_reach_files_and_addresses_as_they_are(folder: Path, cli: Cli) -> None:
    """A path, a folder, the content: what is written is the secret itself, and what is told of it is not."""
    flow(
        folder,
        {
            "id": "write",
            "type": "std.write_file",
            "config": {"path": "out/{{ secrets.NAME }}.txt", "text": "{{ secrets.CREDS }}"},
        },
        {"id": "read", "type": "std.read_file", "config": {"path": "{{ write.result }}"}},
        {"id": "list", "type": "std.list_files", "config": {"path": "out"}, "after": ["read"]},
        {"id": "lost", "type": "std.read_file", "config": {"path": "{{ secrets.NAME }}/none"}},
        result="{{ [write.result, read.result, list.result] }}",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NAME", "who-knows-me")
        code, told = cli("run", "flow.json", "--json")
    assert code == 0
    assert (folder / "out/who-knows-me.txt").read_text() == json.dumps(
        {"user": "ada", "password": "hunter2-correct", "pins": ["77-88-99"]}
    )
    assert "who-knows-me" not in told
    assert "hunter2" not in told
