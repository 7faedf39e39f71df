"""Nodes of the dialect do with secrets what they do with plain texts, and what they make of them stays secret."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stratagem import Node, Secret, Workflow
from stratagem_casare import pack
from stratagem_casare.plugin import CasarePlugin, CasareSettings
from stratagem_testing import run_once

pytestmark = pytest.mark.anyio

WORD = "it's hunter2"
ALLOWED = CasareSettings(allow_scripts=True, allow_commands=True)


async def outputs_of(type_: str, config: dict[str, Any], source: Path | None = None, **how: Any) -> dict[str, Any]:
    """What a node gives that gets each text and table of its config from a variable, with the texts as secrets."""
    hidden = {f"hidden_{name}": secret(value) for name, value in config.items()}
    node = Node("node", f"casare.{type_}", {name: f"{{{{ hidden_{name} }}}}" for name in config})
    workflow = Workflow({"node": node}, variables=hidden, source=str(source / "flow.json") if source else None)
    result = (await run_once(workflow, packs=[pack], **how)).raise_for_error()
    return dict(result.outputs["node"])


def secret(value: Any) -> Any:
    """The value with each text as a secret, keys included."""
    if isinstance(value, dict):
        return {secret(key): secret(item) for key, item in value.items()}
    if isinstance(value, list):
        return [secret(item) for item in value]
    return Secret(value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("type_", "config", "port", "expected"),
    [
        ("ConcatenateNode", {"string_1": [WORD], "string_2": "!"}, "result", f'["{WORD}"]!'),
        ("FormatStringNode", {"template": "x {a}", "variables": {"a": WORD}}, "result", f"x {WORD}"),
        ("TextSplitNode", {"text": WORD, "separator": " "}, "result", ["it's", "hunter2"]),
        ("DictToJsonNode", {"dict": {"a": WORD}}, "json_string", '{"a": "it\'s hunter2"}'),
        ("ListJoinNode", {"list": [WORD, {"a": WORD}]}, "result", f"{WORD}, {{'a': \"{WORD}\"}}"),
        ("JsonParseNode", {"json_string": '{"a": ["hunter2"]}'}, "data", {"a": ["hunter2"]}),
        ("RegexMatchNode", {"text": WORD, "pattern": "h(.*)"}, "groups", ["unter2"]),
        ("SetHttpHeadersNode", {"headers_json": '{"X": "hunter2"}'}, "headers", {"X": "hunter2"}),
    ],
)
async def test_what_the_dialect_makes_of_a_secret_is_the_value_and_secret(
    type_: str, config: dict[str, Any], port: str, expected: Any
) -> None:
    """Also where a list or dict with one in it is made text, and where one is taken apart."""
    found = (await outputs_of(type_, config))[port]
    assert found == expected
    assert all(type(text) is Secret for text in texts_in(found))


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_in(item)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("shell", [True, False])
@pytest.mark.parametrize("args", [["%s", "it's", "hunter2"], "%s-%s it\\'s hunter2"])
async def test_a_command_gets_secrets_as_they_are(tmp_path: Path, shell: bool, args: Any) -> None:
    """The program, its arguments and its folder, with a shell and without."""
    (tmp_path / "inner").mkdir()
    config = {"command": "printf", "args": args, "shell": shell, "working_dir": "inner"}
    outputs = await outputs_of("RunCommandNode", config, tmp_path, plugins=[CasarePlugin(ALLOWED)])
    assert outputs["stdout"] in ("it'shunter2", "it's-hunter2")


async def test_a_script_gets_secrets_as_they_are(tmp_path: Path) -> None:
    """Its code and its names."""
    config = {"code": "result = word[::-1] + [*more][0]", "variables": {"word": WORD, "more": {WORD: 1}}}
    outputs = await outputs_of("RunPythonScriptNode", config, tmp_path, plugins=[CasarePlugin(ALLOWED)])
    assert outputs["result"] == WORD[::-1] + WORD


async def test_files_with_secret_names_are_those_files(tmp_path: Path) -> None:
    """They are written, read and listed under their names, and these stay secret."""
    written = await outputs_of("WriteFileNode", {"file_path": "hunter2.txt", "content": WORD}, tmp_path)
    assert (tmp_path / "hunter2.txt").read_text() == WORD
    assert type(written["file_path"]) is Secret
    assert type(written["attachment_file"][0]) is Secret
    assert (await outputs_of("ReadFileNode", {"file_path": "hunter2.txt"}, tmp_path))["content"] == WORD
    copied = await outputs_of("CopyFileNode", {"source_path": "hunter2.txt", "dest_path": "two-hunters"}, tmp_path)
    assert type(copied["dest_path"]) is Secret
    assert (tmp_path / "two-hunters").read_text() == WORD
