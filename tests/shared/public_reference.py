"""The reference page: every exported name with its signature, its fields and methods, as their docstrings tell."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any

from attrs import frozen

from public_index import index, told_apart
from public_mentions import HIDDEN
from public_signatures import (
    assigned,
    class_body,
    class_signature,
    function_signature,
    module_tree,
    returned,
    target,
    written,
)

PAGE_HEAD = """# Reference

Every name that `stratagem`, `stratagem_pools` and `stratagem_testing` export, with its fields and methods; what
`stratagem_cli` has for plugins with commands, and `stratagem.hosting` for programs that host kernels. Plugins and packs
import from these packages alone: all other modules may change from one version to the next. The page is written from
the code by `make surface`, and a test holds it to that; [Hooks](hooks.md) and [Strategies](strategies.md) tell how the
parts work together.
"""


Topics = Mapping[str, Sequence[str]]


@frozen
class Chapter:
    """A public package with its names by home, its modules, and the topics: their titles, and how homes in them begin."""

    title: str
    package: ModuleType
    homes: Mapping[str, Sequence[str]]
    modules: Sequence[str]
    topics: Topics


def page(chapters: Iterable[Chapter]) -> str:
    """Return the text of the page."""
    taken: set[str] = set()
    texts = [told_apart(_chapter(each), each.package.__name__, taken) for each in chapters]
    text = "\n".join(texts)
    return re.sub(r"\n{3,}", "\n\n", f"{PAGE_HEAD}\n{index(text)}\n\n{text}")


def _chapter(chapter: Chapter) -> str:
    parts = [f"## {chapter.title}\n\n{_paragraphs(inspect.getdoc(chapter.package) or '')}\n"]
    for topic in chapter.topics:
        parts.append(f"### {topic}\n")
        parts += _topic(chapter, topic)
    return "\n".join(parts)


def _topic(chapter: Chapter, topic: str) -> Iterator[str]:
    exported = {name for names in chapter.homes.values() for name in names}
    found = [
        (name, home) for home, names in chapter.homes.items() for name in names if topic_of(home, chapter) == topic
    ]
    for name, home in sorted(found, key=lambda pair: pair[0].casefold()):
        yield _entry(name, import_module(home), exported)
    for module in chapter.modules:
        if topic_of(module, chapter) == topic:
            yield _module(import_module(module))


def topic_of(home: str, chapter: Chapter) -> str:
    """Return the topic whose list has the longest beginning of ``home``."""
    within = home.removeprefix(f"{chapter.package.__name__.partition('.')[0]}.")
    fits = [
        (len(each), topic) for topic, starts in chapter.topics.items() for each in starts if within.startswith(each)
    ]
    return max(fits)[1]


def _module(module: ModuleType) -> str:
    name = module.__name__.rpartition(".")[2]
    parts = [f"#### the module `{name}`\n\n{_paragraphs(inspect.getdoc(module) or '')}\n"]
    parts += [_entry(each, module, {*public_names(module)}, f"{name}.{each}") for each in public_names(module)]
    return "\n".join(parts)


def public_names(module: ModuleType) -> list[str]:
    """Return the names that a public module itself defines, in their order."""
    tree = module_tree(module)
    found = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
    found += [target(node) for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    return [name for name in found if name and not name.startswith("_")]


def _entry(name: str, home: ModuleType, exported: Collection[str], shown: str = "") -> str:
    value = getattr(home, name)
    title = f"#### `{shown or name}`\n\n"
    if inspect.isclass(value) and value.__name__ == name:
        return title + _class(value, shown or name, exported)
    if inspect.isfunction(value):
        code = f"{'async ' * inspect.iscoroutinefunction(value)}{shown or name}{function_signature(value)}"
        return title + f"```text\n{code}\n```\n\n{_paragraphs(inspect.getdoc(value) or '')}\n"
    return title + f"{_constant(name, home)}\n"


def doc_of(name: str, home: ModuleType) -> str:
    """Return what is told of a name: its docstring, or the text literal behind a constant."""
    value = getattr(home, name)
    if inspect.isfunction(value) or (inspect.isclass(value) and value.__name__ == name):
        return inspect.getdoc(value) or ""
    return assigned(module_tree(home).body)[name][1]


def _constant(name: str, home: ModuleType) -> str:
    node, doc = assigned(module_tree(home).body)[name]
    return f"```text\n{written(node, name, home.__name__)}\n```\n\n{_paragraphs(doc)}"


def _class(cls: type, name: str, exported: Collection[str]) -> str:
    bases = [base.__name__ for base in _public_bases(cls)]
    head = f"{name}({', '.join(bases)})" if bases else name
    made = "" if _is_protocol(cls) or inspect.isabstract(cls) else f"\n{name}{class_signature(cls)}"
    lines = [f"```text\nclass {head}{made}\n```\n", _paragraphs(inspect.getdoc(cls) or ""), ""]
    lines += [f"- {line}" for line in members(cls, exported)]
    return "\n".join(lines) + "\n"


def _public_bases(cls: type) -> Iterator[type]:
    for base in cls.__bases__:
        if base.__name__.startswith("_"):
            yield from _public_bases(base)
        elif base.__name__ not in ("object", *HIDDEN):
            yield base


def members(cls: type, exported: Collection[str]) -> Iterator[str]:
    """Yield a line for each public field, property and method of a class, and of those bases that are not exported."""
    seen: set[str] = set()
    for base in cls.__mro__:
        if not base.__module__.startswith("stratagem") or (base is not cls and base.__name__ in exported):
            continue
        for name in [*assigned(class_body(base)), *vars(base)]:
            if not name.startswith("_") and name not in seen:
                seen.add(name)
                yield _member(cls, base, name)


def untold(cls: type, exported: Collection[str]) -> list[str]:
    """Return the members that nothing tells of.

    They have no docstring of their own, and that of the class or of a base names them neither as ``code`` nor in a list
    of arguments.
    """
    prose = " ".join(inspect.getdoc(base) or "" for base in cls.__mro__ if base is not object)
    code = "\n".join(
        found[0] or found[1] for found in re.findall(r"``(.+?)``|^ {4}(\w+):", prose, re.DOTALL | re.MULTILINE)
    )
    lines = [line for line in members(cls, exported) if "`: " not in line]
    return [line for line in lines if not re.search(rf"\b{_name_in(line)}\b", code)]


def _name_in(line: str) -> str:
    return re.split(r"[(:`\s=]", line.strip("`").removeprefix("async "))[0]


def _member(cls: type, base: type, name: str) -> str:
    value = inspect.getattr_static(cls, name, None)
    fields = assigned(class_body(base))
    if isinstance(value, property | cached_property):
        getter = value.fget if isinstance(value, property) else value.func
        return _told(f"{name}: {returned(getter)}" if getter else name, _doc_of(value, cls, name))
    if inspect.isfunction(value) or isinstance(value, classmethod | staticmethod):
        return _told(_method(name, value), _doc_of(value, cls, name))
    if name in fields:
        node, doc = fields[name]
        return _told(written(node, name, base.__module__), doc)
    return _told(name, "")


def _method(name: str, value: Any) -> str:
    function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
    shown = function_signature(function, method=not isinstance(value, staticmethod))
    return f"{'async ' * inspect.iscoroutinefunction(function)}{name}{shown}"


def _doc_of(value: Any, cls: type, name: str) -> str:
    return inspect.getdoc(value) or inspect.getdoc(getattr(cls, name)) or ""


def _told(code: str, doc: str) -> str:
    first = doc.partition("\n\n")[0]
    return f"`{' '.join(code.split())}`" + (f": {_inline(' '.join(first.split()))}" if first else "")


def _is_protocol(cls: type) -> bool:
    return bool(getattr(cls, "_is_protocol", False))


def _first(doc: str | None) -> str:
    return _inline((doc or "").partition("\n\n")[0])


def _inline(text: str) -> str:
    text = re.sub(r":(?:\w+:)?`([^`]+)`", r"`\1`", text)
    return re.sub(r"``(.+?)``", lambda found: f"`` {found[1]} ``" if "`" in found[1] else f"`{found[1]}`", text)


def _paragraphs(doc: str) -> str:
    """Return a docstring as Markdown: sections become lists, code stays code."""
    lines: list[str] = []
    section = False
    for line in doc.splitlines():
        if re.fullmatch(r"(Args|Raises|Returns|Yields|Examples?):", line):
            section = True
            lines += [f"{line}", ""]
        elif section and re.match(r" {4}\S", line):
            name, colon, rest = line.strip().partition(":")
            lines.append(f"- `{name}`:{rest}" if colon and "`" not in name else f"- {line.strip()}")
        elif section and line.startswith("        "):
            lines.append(f"  {line.strip()}")
        else:
            section = section and not line.strip()
            lines.append(line)
    return "\n".join(_inline(line) for line in lines)
