"""Scripts and commands: refused unless the config allows them, and then run apart from this process."""

import shlex
import sys
import time
from pathlib import Path
from typing import Any

import anyio
import pytest

from stratagem import Config, Document, Kernel, Node, NoProvider, PluginsConfig, Workflow
from stratagem_casare import casare_format, pack
from stratagem_casare.plugin import CasarePlugin, CasareSettings
from stratagem_testing import run_once

pytestmark = pytest.mark.anyio

ALLOWED = CasareSettings(allow_scripts=True, allow_commands=True)


def workflow(type_: str, config: dict[str, Any], folder: Path) -> Workflow:
    return Workflow({"x": Node("x", f"casare.{type_}", config)}, source=str(folder / "flow.json"))


async def given(type_: str, config: dict[str, Any], folder: Path) -> dict[str, Any]:
    result = await run_once(workflow(type_, config, folder), packs=[pack], plugins=[CasarePlugin(ALLOWED)])
    return dict(result.raise_for_error().outputs["x"])


async def python(code: str, folder: Path, **more: Any) -> dict[str, Any]:
    return await given("RunPythonScriptNode", {"code": code, **more}, folder)


async def command(code: str, folder: Path, **more: Any) -> dict[str, Any]:
    """Runs a Python program as a command."""
    return await given("RunCommandNode", {"command": shlex.quote(sys.executable), "args": ["-c", code], **more}, folder)


@pytest.mark.parametrize(
    ("type_", "key", "settings"),
    [
        ("RunPythonScriptNode", "allow_scripts", CasareSettings(allow_commands=True)),
        ("RunCommandNode", "allow_commands", CasareSettings(allow_scripts=True)),
    ],
)
def test_what_the_config_does_not_allow_is_refused_before_anything_runs(
    type_: str, key: str, settings: CasareSettings, tmp_path: Path
) -> None:
    """One error, which says what to set; with no plugin, and with one whose settings allow only the other."""
    for plugins in ((), (CasarePlugin(),), (CasarePlugin(settings),)):
        kernel = Kernel(packs=[pack], plugins=plugins)
        with pytest.raises(NoProvider) as caught:
            kernel.compile(workflow(type_, {}, tmp_path))
        assert caught.value.node == "x"
        assert f'[plugins] use = ["casare"], [settings.casare] {key} = true' in str(caught.value)


async def test_the_config_allows_by_the_plugin_s_settings(tmp_path: Path) -> None:
    """As it is installed, by its name."""
    config = Config(plugins=PluginsConfig(use=("casare",)), settings={"casare": {"allow_scripts": True}})
    flow = workflow("RunPythonScriptNode", {"code": "result = 1"}, tmp_path)
    result = await run_once(flow, config=config)
    assert result.raise_for_error().outputs["x"]["result"] == 1


async def test_a_script_gives_its_result_and_what_it_prints(tmp_path: Path) -> None:
    """With variables of its own, in the flow's folder, in another process."""
    code = "import os\nprint('hi', n)\nresult = {'n': n + 1, 'here': os.getcwd(), 'apart': os.getppid() == parent}"
    found = await python(code, tmp_path, variables={"n": 1, "parent": __import__("os").getpid()})
    assert found == {
        "result": {"n": 2, "here": str(tmp_path), "apart": True}, "output": "hi 1\n", "success": True, "error": ""
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("print('so far')\n1/0", "ZeroDivisionError: division by zero"),
        ("print('so far')\nimport sys\nsys.exit(3)", "the script ended with exit code 3"),
    ],
)
async def test_a_script_that_fails_is_no_success(code: str, error: str, tmp_path: Path) -> None:
    """It is told why, and what was printed before."""
    assert await python(code, tmp_path) == {"output": "so far\n", "success": False, "error": error}


async def test_a_script_without_code_or_that_can_not_be_read_is_no_success(tmp_path: Path) -> None:
    """Nothing else is given."""
    assert await python("", tmp_path) == {"success": False, "error": "there is no code"}
    assert (await python("a b", tmp_path))["error"].startswith("SyntaxError: ")


async def test_a_time_limit_ends_scripts_and_commands(tmp_path: Path) -> None:
    """At once, and with what they have started."""
    begun = time.monotonic()
    sleeper = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    found = await python(sleeper, tmp_path, timeout=0.5)
    assert found == {"success": False, "error": "it took longer than 0.5 s"}
    assert await command(sleeper, tmp_path, timeout=0.5) == {"success": False}
    assert time.monotonic() - begun < 20


async def test_a_cancelled_run_takes_its_commands_along(tmp_path: Path) -> None:
    """None outlives its step."""
    code = "import time\nopen('begun', 'w').close()\ntime.sleep(2)\nopen('ended', 'w').close()"
    flow = workflow("RunPythonScriptNode", {"code": code}, tmp_path)
    async with Kernel(packs=[pack], plugins=[CasarePlugin(ALLOWED)]) as kernel:
        handle = await kernel.start(flow)
        with anyio.fail_after(20):
            while not (tmp_path / "begun").exists():  # noqa: ASYNC110 - it is another process that makes it
                await anyio.sleep(0.02)
        handle.cancel()
        assert (await handle.wait()).status == "cancelled"
    await anyio.sleep(2.2)
    assert not (tmp_path / "ended").exists()


async def test_a_command_tells_how_it_ended(tmp_path: Path) -> None:
    """Its exit code and what it wrote, in the folder that is named."""
    (tmp_path / "d").mkdir()
    code = "import os, sys; print(os.getcwd()); print('no', file=sys.stderr); sys.exit(4)"
    found = await command(code, tmp_path, working_dir="d")
    assert found == {"stdout": f"{tmp_path / 'd'}\n", "stderr": "no\n", "return_code": 4, "success": False}
    assert await command("print(1)", tmp_path, capture_output=False) == {"return_code": 0, "success": True}


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are those of a POSIX shell")
async def test_only_with_a_shell_a_command_is_a_line_for_it(tmp_path: Path) -> None:
    """Else its words, and those of ``args``, are what they are."""
    plain = await given("RunCommandNode", {"command": "echo a", "args": "'b c' $HOME | cat"}, tmp_path)
    assert plain["stdout"] == "a b c $HOME | cat\n"
    shell = await given("RunCommandNode", {"command": "echo a", "args": "| tr a b", "shell": True}, tmp_path)
    assert shell["stdout"] == "b\n"


async def test_a_command_that_can_not_be_started_is_no_success(tmp_path: Path) -> None:
    """Whatever the reason."""
    assert await given("RunCommandNode", {"command": "such-as-nobody-has"}, tmp_path) == {"success": False}
    assert await given("RunCommandNode", {"command": " "}, tmp_path) == {"success": False}


async def test_an_expression_needs_no_permission(tmp_path: Path) -> None:
    """It is computed by the dialect's own grammar, which can call nothing."""
    drawn = {"x": {"node_id": "x", "node_type": "EvaluateExpressionNode", "config": {"expression": "{{a}} + b * 2"}}}
    data = {"nodes": drawn, "connections": [], "variables": {"a": 10, "b": 20}}
    flow = casare_format.read(Document(data), str(tmp_path / "flow.json"))
    result = await run_once(flow, packs=[pack])
    assert result.outputs["x"] == {"result": 50, "type": "int", "success": True, "error": ""}
