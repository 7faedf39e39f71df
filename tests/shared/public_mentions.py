"""The names of stratagem's own that signatures of public names mention: readers must be able to import them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, TypeVar

from public_signatures import module_tree, unquoted

PACKAGES = ("stratagem", "stratagem_pools", "stratagem_testing", "stratagem_cli")
HIDDEN = ("Protocol", "Provided")
"""Bases that the page does not show."""


def unexported(listed: list[tuple[str, str]], exported: set[str]) -> list[str]:
    """Return the mentions in the signatures of ``listed`` (names with their homes) that are not ``exported``."""
    found = set()
    for name, home in listed:
        for node, where in _signatures(name, home):
            for mention in _names(node):
                origin = _origin(mention, where)
                if origin and mention not in exported and not _needs_none(mention, origin):
                    found.add(f"{name}: {origin}.{mention}")
    return sorted(found)


def _signatures(name: str, home: str) -> Iterator[tuple[ast.AST, str]]:
    """Yield the parts of public signatures, each with the module in which its names are to be looked up."""
    value = getattr(import_module(home), name)
    bases = [each for each in value.__mro__ if _is_own(each.__module__)] if isinstance(value, type) else []
    for module, own in [(each.__module__, each.__name__) for each in bases] or [(home, name)]:
        for node in module_tree(import_module(module)).body:
            if getattr(node, "name", "") == own:
                yield from ((part, module) for part in _parts(node, whole=own == name))


def _parts(node: ast.AST, *, whole: bool = True) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        given = [each.annotation for each in ast.walk(node.args) if isinstance(each, ast.arg)]
        yield from (unquoted(each) for each in (*given, node.returns) if each)
        yield from filter(None, [*node.args.defaults, *node.args.kw_defaults])
    elif isinstance(node, ast.ClassDef):
        yield from [base for base in node.bases if whole]
        for each in node.body:
            if isinstance(each, ast.AnnAssign):
                yield from [unquoted(each.annotation)] if not ast.unparse(each.target).startswith("_") else []
            elif not getattr(each, "name", "_").startswith("_") or getattr(each, "name", "") == "__init__":
                yield from _parts(each)


def _names(node: ast.AST) -> set[str]:
    """Return the names in it, private ones left out: these are not shown."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and not each.id.startswith("_")}


def _origin(name: str, module: str) -> str | None:
    """Return the module of stratagem's own that a name of ``module`` was defined in."""
    home = _imports(import_module(module)).get(name)
    if home is not None:
        return home if _is_own(home) else None
    return module if name in _defined(import_module(module)) else None


@cache
def _imports(module: ModuleType) -> Mapping[str, str]:
    found = [node for node in ast.walk(module_tree(module)) if isinstance(node, ast.ImportFrom) and node.module]
    return {alias.asname or alias.name: str(node.module) for node in found for alias in node.names}


@cache
def _defined(module: ModuleType) -> set[str]:
    found: set[str] = set()
    for node in module_tree(module).body:
        targets: list[Any] = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", node)]
        found |= {name for each in targets if (name := getattr(each, "id", getattr(each, "name", "")))}
    return found


def _is_own(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


def _needs_none(name: str, home: str) -> bool:
    """Return whether it is no type, or none of its own: a module, a type variable, or what is shown by its value."""
    module = import_module(home)
    is_module = hasattr(module, "__path__") and find_spec(f"{home}.{name}") is not None
    return is_module or name in HIDDEN or type(getattr(module, name, None)) in (TypeVar, int, float, str)
