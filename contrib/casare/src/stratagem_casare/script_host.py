"""Runs the Python code of a flow, in a process of its own: reads a request in JSON, writes the answer to a file.

It is run by its path, so it imports nothing of this distribution.
"""

import json
import sys
from pathlib import Path
from typing import Any


def answer_to(request: dict[str, Any]) -> dict[str, Any]:
    """Return what ``code`` leaves in its variable ``result``, or why it failed.

    ``variables`` are its own to read and change.
    """
    names: dict[str, Any] = {"__name__": "__main__", "result": None, **request["variables"]}
    try:
        exec(compile(request["code"], "<script>", "exec"), names)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"result": names.get("result")}


if __name__ == "__main__":
    answer = answer_to(json.loads(sys.stdin.buffer.read()))
    Path(sys.argv[1]).write_text(json.dumps(answer, default=str), "utf-8")
