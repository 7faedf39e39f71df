"""Signatures of functions and classes, as their source has them: the reference page shows no value that a run made."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import attrs

MOST_CHARS = 60
"""Values that take more are told of by an ellipsis."""

Assigned = dict[str, tuple[ast.Assign | ast.AnnAssign, str]]
"""Assignments by name, each with the text literal behind it."""


Names = Mapping[str, Any]


class _Unquoted(ast.NodeTransformer):
    """Takes annotations out of quotes, but for the values of a ``Literal``."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return node if ast.unparse(node.value).endswith("Literal") else self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.parse(node.value, mode="eval").body if isinstance(node.value, str) else node


def annotation(node: ast.expr | None) -> str:
    """Return an annotation as it is written, without quotes; nothing where there is none."""
    return "" if node is None else ast.unparse(unquoted(node))


def unquoted(node: ast.expr) -> ast.expr:
    """Return a copy of an annotation without quotes."""
    found: ast.expr = _Unquoted().visit(ast.parse(ast.unparse(node), mode="eval").body)
    return found


def default(node: ast.expr, names: Names) -> str:
    """Return a default as it is written: of a ``field`` its own; an ellipsis for long, made and private ones.

    Of the ``names`` of its module those are told by their values that stand for a number or text.
    """
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "field":
        found = [each.value for each in node.keywords if each.arg == "default"]
        return (
            default(found[0], names) if found else "…" if any(each.arg == "factory" for each in node.keywords) else ""
        )
    text = repr(names[node.id]) if is_plain(node, names) and isinstance(node, ast.Name) else ast.unparse(node)
    return "…" if len(text) > MOST_CHARS or re.search(r"\b_\w", text) else text


def is_plain(node: ast.expr, names: Names) -> bool:
    """Return whether it is a name that stands for a number or text."""
    return isinstance(node, ast.Name) and type(names.get(node.id)) in (int, float, str)


def written(node: ast.Assign | ast.AnnAssign, name: str, module: str) -> str:
    """Return an assignment of a module as it is written, its value as ``default`` has it."""
    value = "" if node.value is None else default(node.value, names_of(module))
    return _parameter(name, node.annotation if isinstance(node, ast.AnnAssign) else None, value, " = ")


def target(node: ast.stmt) -> str:
    """Return the one name that is assigned, else an empty text."""
    found = (
        node.target if isinstance(node, ast.AnnAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
    )
    return found.id if isinstance(found, ast.Name) else ""


def assigned(body: list[ast.stmt]) -> Assigned:
    """Return the assignments of a module or class by name, each with the text literal behind it, if any."""
    found: Assigned = {}
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.Assign | ast.AnnAssign) and (name := target(node)):
            text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            found[name] = (node, text if isinstance(text, str) else "")
    return found


def names_of(module: str) -> Names:
    """Return what the names of a module stand for."""
    return vars(import_module(module))


@cache
def module_tree(module: ModuleType) -> ast.Module:
    """Return the parsed source of a module."""
    return ast.parse(inspect.getsource(module))


@cache
def class_body(cls: type) -> list[ast.stmt]:
    """Return the statements of a class; none where its source is not at hand."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError):  # a class of C, or one that was made while running
        return []
    return tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []


def function_signature(function: Callable[..., Any], *, method: bool = False) -> str:
    """Return the signature as it is written; of a method without its first parameter."""
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef), f"{function} is not defined by 'def'"
    returns = f" -> {annotation(node.returns)}" if node.returns else ""
    return f"({', '.join([*_parameters(node.args, names_of(function.__module__))][method:])}){returns}"


def returned(function: Callable[..., Any]) -> str:
    """Return the annotation of what a function returns."""
    return function_signature(function).rpartition(" -> ")[2]


def _parameters(args: ast.arguments, names: Names) -> Iterator[str]:
    plain = [*args.posonlyargs, *args.args]
    values: list[ast.expr | None] = [*[None] * (len(plain) - len(args.defaults)), *args.defaults]
    for at, (each, value) in enumerate(zip(plain, values, strict=True), start=1):
        yield _argument(each, value, names)
        if at == len(args.posonlyargs):
            yield "/"
    if args.vararg or args.kwonlyargs:
        yield f"*{_argument(args.vararg, None, names)}" if args.vararg else "*"
    yield from (_argument(each, value, names) for each, value in zip(args.kwonlyargs, args.kw_defaults, strict=True))
    if args.kwarg:
        yield f"**{_argument(args.kwarg, None, names)}"


def _argument(argument: ast.arg, value: ast.expr | None, names: Names) -> str:
    return _parameter(argument.arg, argument.annotation, "" if value is None else default(value, names))


def _parameter(name: str, kind: ast.expr | None, value: str, equals: str = "=") -> str:
    told = f"{name}: {annotation(kind)}" if kind else name
    return f"{told}{' = ' if kind else equals}{value}" if value else told


def class_signature(cls: type) -> str:
    """Return how an object of the class is made: by ``__init__`` as written, or by the fields of an attrs class."""
    own = next((base for base in cls.__mro__ if _has_init(base) or "__attrs_attrs__" in vars(base)), None)
    if own is None:
        return "(…)" if issubclass(cls, BaseException) else "()"
    if _has_init(own):
        return function_signature(vars(own)["__init__"], method=True).removesuffix(" -> None")
    fields = [each for each in attrs.fields(own) if each.init]
    plain = [_field(own, each) for each in fields if not each.kw_only]
    named = [_field(own, each) for each in fields if each.kw_only]
    return f"({', '.join([*plain, *(['*'] if named else []), *named])})"


def _has_init(cls: type) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == "__init__" for node in class_body(cls))


def _field(cls: type, field: attrs.Attribute[Any]) -> str:
    home = next(base for base in cls.__mro__ if field.name in assigned(class_body(base)))
    node, _ = assigned(class_body(home))[field.name]
    text = default(node.value, names_of(home.__module__)) if node.value is not None else ""
    value = "" if field.default is attrs.NOTHING else text or "…"
    return _parameter(field.alias or field.name, node.annotation if isinstance(node, ast.AnnAssign) else None, value)
