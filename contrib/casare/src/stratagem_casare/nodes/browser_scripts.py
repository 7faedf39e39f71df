"""Scripts as flows write them, made into what a browser runs."""

import re

from stratagem_std.secret_text import plain
from stratagem_web import scripts
from stratagem_web.api import Page
from stratagem_web.errors import ScriptFailed

_FUNCTION = re.compile(r"\s*(?:async\b\s*)?(?:function\b|\(|[\w$]+\s*=>)")
_RETURN = re.compile(r"\breturn\b")


async def runnable(page: Page, script: str) -> str:
    """An expression or a function; what has a ``return`` of its own becomes the body of one.

    Line ends that a flow has written as ``\\n`` are line ends where the script can't be read otherwise. Raises
    ValueError for an empty script.
    """
    if not script.strip():
        raise ValueError("Script is required")
    script = plain(script)
    broken = script.replace("\\n", "\n")
    if _FUNCTION.match(script) or not _RETURN.search(broken):
        return script
    body = f"async arg => {{ {script}\n}}"
    return body if broken == script or await _readable(page, body) else f"async arg => {{ {broken}\n}}"


async def _readable(page: Page, function: str) -> bool:
    """Return whether a function can be read, without calling it."""
    try:
        await scripts.evaluate(page, f"() => {{ void ({function}); return true }}")
    except ScriptFailed as error:
        if "SyntaxError" in str(error):
            return False
        raise
    return True
