"""The names that a template can read: others would be read as an operation on other names."""

import re
from typing import Final

from stratagem.templates.reserved import RESERVED

_NAME: Final = re.compile(r"[^\W\d]\w*")


def is_sayable(name: str) -> bool:
    """Return whether ``{{ name }}`` reads what is called so."""
    return _NAME.fullmatch(name) is not None and name not in RESERVED


def is_step(name: str) -> bool:
    """Return whether ``.name`` reads the entry that is called so; others are written ``['name']``."""
    return _NAME.fullmatch(name) is not None
