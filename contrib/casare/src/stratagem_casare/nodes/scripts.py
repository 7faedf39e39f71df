"""Scripts and commands, which the config must allow, and expressions, which it need not."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any, Final

import attrs

from stratagem import NOTHING, Context, Example, Nothing, temporary_folder
from stratagem_casare import coerce, script_host
from stratagem_casare.nodes.lenient import action_node
from stratagem_casare.nodes.registry import COMMANDS, SCRIPTS
from stratagem_std.secret_text import plain, revealed
from stratagem_std.text_parts import lines_of

_HOST: Final = Path(script_host.__file__)


@attrs.frozen(kw_only=True)
class Ran:
    """The end of a script: its ``result``, what it printed, and what it failed with."""

    result: Any = NOTHING
    output: str | Nothing = NOTHING
    success: bool = True
    error: str = ""


@attrs.frozen(kw_only=True)
class Ended:
    """The end of a command: a success if its exit code is 0."""

    stdout: str | Nothing = NOTHING
    stderr: str | Nothing = NOTHING
    return_code: int | Nothing = NOTHING
    success: bool = True


@attrs.frozen(kw_only=True)
class Evaluated:
    """The value of an expression, and the name of its type."""

    result: Any = NOTHING
    type: str | Nothing = NOTHING
    success: bool = True
    error: str = ""


@action_node("RunPythonScriptNode", resources={"run_program": SCRIPTS})
async def run_python_script(
    context: Context,
    run_program: Any,
    code: Any = "",
    variables: Any = None,
    timeout: Any = 60,
    isolated: Any = False,
) -> Ran:
    """Runs Python code, in a process of its own whether or not it is to be ``isolated``.

    ``variables`` are its names to begin with, ``result`` is the one that it hands on; both go through JSON.
    """
    if not coerce.text(code):
        raise ValueError("there is no code")
    request = revealed({"code": coerce.text(code), "variables": coerce.table(variables)})
    with temporary_folder("script") as folder:
        answer = folder / "answer.json"
        ended = await run_program(
            [sys.executable, str(_HOST), str(answer)],
            timeout=coerce.number(timeout, 60.0),
            folder=context.directory,
            given=coerce.json_of(request).encode(),
        )
        found = json.loads(answer.read_text("utf-8")) if answer.exists() else {"error": _why(ended)}
    if "error" in found:
        context.log.warning("%s: the script failed: %s", context.node_id, found["error"])
        return Ran(output=ended.stdout, success=False, error=found["error"])
    return Ran(result=found["result"], output=ended.stdout)


@action_node("RunCommandNode", resources={"run_program": COMMANDS})
async def run_command(
    context: Context,
    run_program: Any,
    command: Any = "",
    args: Any = None,
    shell: Any = False,
    timeout: Any = 60,
    working_dir: Any = "",
    capture_output: Any = True,
    allow_dangerous: Any = False,
) -> Ended:
    """Runs a command with arguments, a list or a text that is split as a shell does; with ``shell`` the shell runs it."""
    words = _words(plain(coerce.text(command)), revealed(args), coerce.truth(shell))
    capture = coerce.truth(capture_output)
    ended = await run_program(
        words,
        timeout=coerce.number(timeout, 60.0),
        folder=context.directory / plain(coerce.text(working_dir)),
        capture=capture,
    )
    if ended.code:
        context.log.warning("%s: the command ended with exit code %d", context.node_id, ended.code)
    said = {"stdout": ended.stdout, "stderr": ended.stderr} if capture else {}
    return Ended(**said, return_code=ended.code, success=ended.code == 0)


@action_node(
    "EvaluateExpressionNode",
    effect="pure",
    examples=(Example({"expression": 7}, gives={"result": 7, "type": "int", "success": True}),),
)
def evaluate_expression(expression: Any = None) -> Evaluated:
    """The value of an expression such as ``{{x}} + 2 * 3``; it computes, and can call nothing."""
    if expression is None:
        raise ValueError("there is no expression, or it can't be computed")
    return Evaluated(result=expression, type=type(expression).__name__)


def _why(ended: Any) -> str:
    last = lines_of(ended.stderr.strip())[-1:]
    return last[0] if last else f"the script ended with exit code {ended.code}"


def _words(command: str, args: Any, shell: bool) -> str | list[str]:
    """Return what to run: a line for the shell, or the program with its arguments."""
    if not command.strip():
        raise ValueError("there is no command")
    given = [coerce.text(arg) for arg in args] if isinstance(args, (list, tuple)) else shlex.split(coerce.text(args))
    if shell:
        more = shlex.join(given) if isinstance(args, (list, tuple)) else coerce.text(args)
        return f"{command} {more}".rstrip()
    return [*shlex.split(command), *given]
