"""Packages whose public names are imported from their homes when they are first asked for (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def names_at_home(
    package: str, homes: Mapping[str, Iterable[str]], modules: Iterable[str] = ()
) -> tuple[list[str], Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__all__``, ``__getattr__`` and ``__dir__`` of ``package``, so that to import it stays light.

    Args:
        homes: by module, the names that it defines.
        modules: modules that are exported as a whole, under the last part of their names.
    """
    home_of = {name: module for module, names in homes.items() for name in names}
    whole = {module.rpartition(".")[2]: module for module in modules}
    exported = sorted([*home_of, *whole])

    def get(name: str) -> Any:
        if name in whole:
            value: Any = import_module(whole[name])
        elif name in home_of:
            value = getattr(import_module(home_of[name]), name)
        else:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        setattr(sys.modules[package], name, value)
        return value

    return exported, get, lambda: sorted({*vars(sys.modules[package]), *exported})
