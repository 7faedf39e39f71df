"""The reference page: every exported name with its signature, its fields and methods, as their docstrings tell."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib import import_module
from types import ModuleType
from typing import Any

import attrs
from attrs import frozen

PAGE_HEAD = """# Reference

Every name that `stratagem`, `stratagem_testing` and `stratagem_pools` export, with its fields and methods; and what
`stratagem.hosting` has for programs that host kernels. Plugins and packs import from these packages alone: all other
modules may change from one version to the next. The page is written from the code by `make surface`, and a test holds
it to that; [Hooks](hooks.md) and [Strategies](strategies.md) tell how the parts work together.
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
    parts = [PAGE_HEAD]
    for chapter in chapters:
        parts.append(f"## {chapter.title}\n\n{_paragraphs(inspect.getdoc(chapter.package) or '')}\n")
        for topic in chapter.topics:
            parts.append(f"### {topic}\n")
            parts += _topic(chapter, topic)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts))


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
    tree = _tree(module)
    found = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
    found += [_target(node) for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    return [name for name in found if name and not name.startswith("_")]


def _entry(name: str, home: ModuleType, exported: Collection[str], shown: str = "") -> str:
    value = getattr(home, name)
    title = f"#### `{shown or name}`\n\n"
    if inspect.isclass(value) and value.__name__ == name:
        return title + _class(value, shown or name, exported)
    if inspect.isfunction(value):
        written = f"{'async ' * inspect.iscoroutinefunction(value)}{shown or name}{signature(value)}"
        return title + f"```text\n{written}\n```\n\n{_paragraphs(inspect.getdoc(value) or '')}\n"
    return title + f"{_constant(name, home)}\n"


def _constant(name: str, home: ModuleType) -> str:
    written, doc = assignments(home).get(name, (name, ""))
    return f"```text\n{written}\n```\n\n{_paragraphs(doc)}"


def _class(cls: type, name: str, exported: Collection[str]) -> str:
    bases = [base.__name__ for base in cls.__bases__ if base.__name__ not in ("object", "Protocol", "Provided")]
    head = f"{name}({', '.join(bases)})" if bases else name
    made = "" if _is_protocol(cls) or inspect.isabstract(cls) else f"\n{name}{_init(cls)}"
    lines = [f"```text\nclass {head}{made}\n```\n", _paragraphs(inspect.getdoc(cls) or ""), ""]
    lines += [f"- {line}" for line in members(cls, exported)]
    return "\n".join(lines) + "\n"


def members(cls: type, exported: Collection[str]) -> Iterator[str]:
    """Yield a line for each public field, property and method of a class, and of those bases that are not exported."""
    seen: set[str] = set()
    for base in cls.__mro__:
        if not base.__module__.startswith("stratagem") or (base is not cls and base.__name__ in exported):
            continue
        for name in [*_fields(base), *vars(base)]:
            if not name.startswith("_") and name not in seen:
                seen.add(name)
                yield _member(cls, base, name)


def untold(cls: type, exported: Collection[str]) -> list[str]:
    """Return the members that nothing tells of: neither a docstring of their own nor the class's, nor one of a base."""
    prose = " ".join(inspect.getdoc(base) or "" for base in cls.__mro__ if base is not object)
    lines = [line for line in members(cls, exported) if "`: " not in line]
    return [line for line in lines if not re.search(rf"\b{_name_in(line)}\b", prose)]


def _name_in(line: str) -> str:
    return re.split(r"[(:`\s=]", line.strip("`").removeprefix("async "))[0]


def _member(cls: type, base: type, name: str) -> str:
    fields = _fields(base)
    value = inspect.getattr_static(cls, name, None)
    if isinstance(value, property | cached_property):
        getter = value.fget if isinstance(value, property) else value.func
        returns = inspect.signature(getter).return_annotation if getter else ""
        return _told(f"{name}: {_annotation(returns)}", _doc_of(value, cls, name))
    if inspect.isfunction(value) or isinstance(value, classmethod | staticmethod):
        function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        return _told(
            f"{'async ' * inspect.iscoroutinefunction(function)}{name}{signature(function)}", _doc_of(value, cls, name)
        )
    if name in fields:
        written, doc = fields[name]
        return _told(written, doc)
    return _told(name, "")


def _doc_of(value: Any, cls: type, name: str) -> str:
    return inspect.getdoc(value) or inspect.getdoc(getattr(cls, name)) or ""


def _told(code: str, doc: str) -> str:
    first = doc.partition("\n\n")[0]
    return f"`{' '.join(code.split())}`" + (f": {_inline(' '.join(first.split()))}" if first else "")


def _fields(cls: type) -> dict[str, tuple[str, str]]:
    """Return the annotated attributes of a class: as written, and the text literal behind, if any."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError):
        return {}
    return _assigned(tree.body[0].body) if isinstance(tree.body[0], ast.ClassDef) else {}


def _assigned(body: list[ast.stmt]) -> dict[str, tuple[str, str]]:
    found = {}
    for node, after in zip(body, [*body[1:], None], strict=True):
        if not (isinstance(node, ast.Assign | ast.AnnAssign) and (name := _target(node))):
            continue
        text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        found[name] = (_written(node, name), text if isinstance(text, str) else "")
    return found


def _written(node: ast.Assign | ast.AnnAssign, name: str) -> str:
    value = ast.unparse(node.value) if node.value is not None else ""
    value = "…" if len(value) > 60 or value.startswith("field(") else value
    kind = f": {ast.unparse(node.annotation)}" if isinstance(node, ast.AnnAssign) else ""
    return f"{name}{kind}" + (f" = {value}" if value else "")


def _target(node: ast.stmt) -> str:
    target = (
        node.target if isinstance(node, ast.AnnAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
    )
    return target.id if isinstance(target, ast.Name) else ""


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def assignments(module: ModuleType) -> dict[str, tuple[str, str]]:
    """Return the constants of a module: as written, and the text literal behind, if any."""
    return _assigned(_tree(module).body)


def signature(function: Callable[..., Any]) -> str:
    """Return the signature as it is written, without ``self``."""
    found = inspect.signature(function)
    given = [each for each in found.parameters.values() if each.name not in ("self", "cls")]
    parts = [_parameter(each) for each in given]
    only = next((at for at, each in enumerate(given) if each.kind is each.KEYWORD_ONLY), None)
    if only is not None and not any(each.kind is each.VAR_POSITIONAL for each in given):
        parts.insert(only, "*")
    returns = "" if found.return_annotation is found.empty else f" -> {_annotation(found.return_annotation)}"
    return f"({', '.join(parts)}){returns}"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = "*" * (parameter.kind is parameter.VAR_POSITIONAL) + "**" * (parameter.kind is parameter.VAR_KEYWORD)
    kind = "" if parameter.annotation is parameter.empty else f": {_annotation(parameter.annotation)}"
    if parameter.default is parameter.empty:
        return f"{stars}{parameter.name}{kind}"
    return f"{parameter.name}{kind}{' = ' if kind else '='}{_default(parameter.default)}"


def _default(value: Any) -> str:
    if inspect.isclass(value) or inspect.isfunction(value):
        return str(value.__name__)
    text = repr(value)
    return "…" if value is attrs.NOTHING or text.startswith("<") or len(text) > 60 else text


def _init(cls: type) -> str:
    if issubclass(cls, BaseException) and "__init__" not in vars(cls):
        return "(…)"
    try:
        return (
            signature(cls).removesuffix(" -> None")
            if not attrs.has(cls)
            else signature(cls.__init__).removesuffix(" -> None")
        )
    except (ValueError, TypeError):
        return "(…)"


def _annotation(value: Any) -> str:
    plain = value if isinstance(value, str) else value.__name__ if type(value) is type else str(value)
    return re.sub(r"\b(?:[a-z_]\w*\.)+(?=[A-Z])", "", plain)


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
