"""Tests leave the user's own folders and receivers alone: nothing is recorded or traced unless a test asks for it."""

from __future__ import annotations

import os

os.environ["STRATAGEM_RECORD"] = "off"
for name in [name for name in os.environ if name.startswith("OTEL_")]:
    del os.environ[name]
