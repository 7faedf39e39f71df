"""The words of expressions that are no names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

LITERALS: Final[Mapping[str, Any]] = MappingProxyType(
    {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
)
"""Values that are written as words."""

KEYWORDS: Final = frozenset(("and", "or", "not", "in", "if", "else"))

RESERVED: Final = frozenset((*LITERALS, *KEYWORDS, "secrets"))
"""Names that stand for something else wherever an expression begins."""
