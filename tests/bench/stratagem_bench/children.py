"""Measures in fresh interpreters, where nothing is imported or allocated yet."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1]


def answer(code: str, *arguments: str) -> Any:
    """What a program prints as JSON, run in a fresh interpreter that finds these modules; raises CalledProcessError."""
    program = f"import sys; sys.path.insert(0, {str(FOLDER)!r})\n{code}"
    done = subprocess.run([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)
