"""Selectors: read before anything runs, so that one which no page can take is told of with what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Final

from stratagem import Reads, Secret, nearest
from stratagem_std.secret_text import plain
from stratagem_web.css import SHOWN, Unreadable, read_css

ENGINES: Final = (
    "css", "xpath", "text", "role", "id", "nth", "visible", "left-of", "right-of", "above", "below",
    "near", "data-testid", "data-test-id", "data-test", "aria-ref", "_react", "_vue",
)  # fmt: skip
"""The words that may stand before ``=`` in a part of a selector; there are inner ones of Playwright's besides."""

INSTEAD: Final = {
    "label": 'for a field by its label write role=textbox[name="{}"], or internal:label="{}"i',
    "placeholder": 'write [placeholder="{}"]',
    "alt": 'write [alt="{}"]',
    "title": 'write [title="{}"]',
    "name": 'write [name="{}"]',
    "class": "write .{}",
    "type": 'write [type="{}"]',
    "value": 'write [value="{}"]',
    "href": 'write [href="{}"]',
    "tag": "write {} alone",
    "button": 'write role=button[name="{}"]',
    "link": 'write role=link[name="{}"]',
    "testid": "write data-testid={}",
    "test-id": "write data-testid={}",
    "data-id": 'write [data-id="{}"]',
    "contains": "write text={}",
    "has": "write :has({})",
    "has-text": 'write :has-text("{}")',
    "first": "write nth=0",
    "last": "write nth=-1",
}
"""The engines that are meant by names which people write and which are none."""

_LONGEST: Final = 200

_TEXT: Final = re.compile(r"\s*text\s*=")
_ENGINE: Final = re.compile(r"\s*([a-zA-Z_0-9\-+:*]+)\s*=(.*)", re.S)
_VALUE: Final = r"""(?:"(?:[^"\\]|\\.)*"\s*[is]?|'(?:[^'\\]|\\.)*'\s*[is]?|/(?:[^/\\\[]|\\.|\[(?:[^\]\\]|\\.)*\])+/[a-z]*|[\w.+-]*)"""
_ROLE: Final = re.compile(rf"\s*[\w-]+\s*(?:\[\s*[\w-]+\s*(?:[*^$|~]?=\s*{_VALUE}\s*)?\]\s*)*", re.I | re.S)


def read_selector(value: Any) -> Any:
    """The selector, or several of them, as it is; raises ValueError for one that can't be read, with what is wrong."""
    if isinstance(value, str):
        _read(plain(value), value)
    elif isinstance(value, list):
        for each in value:
            read_selector(each)
    return value


Selector = Annotated[str, Reads(read_selector)]
"""A selector as a node's config has it; where it may be left out, it is empty then."""


def _read(selector: str, shown: str) -> None:
    if not selector:
        return
    try:
        for engine, body in parts_of(selector):
            _check(engine, body)
    except RecursionError:
        raise ValueError(f"expected a selector, got {_cut(shown)}: it is nested too deeply") from None
    except Unreadable as error:
        why = "it can't be read" if isinstance(shown, Secret) else error  # which shows parts of it
        raise ValueError(f"expected a selector, got {_cut(shown)}: {why}") from None


def _cut(shown: str) -> str:
    return repr(shown) if len(shown) <= _LONGEST else f"{shown[:_LONGEST]!r}…"


def parts_of(selector: str) -> Iterator[tuple[str, str]]:
    """The parts of a selector between ``>>``, each with its engine."""
    for part in _split(selector):
        text = part.strip()
        if (named := _ENGINE.fullmatch(part)) is not None:
            yield named[1].removeprefix("*"), named[2]
        elif len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
            yield "text", text
        elif re.match(r"\(*//", text) or text.startswith(".."):
            yield "xpath", text
        else:
            yield "css", text


def _split(selector: str) -> Iterator[str]:
    """The parts as they are written: a ``>>`` in quotes is none."""
    if ">>" not in selector:
        yield selector
        return
    begin = at = 0
    quote = ""
    while at < len(selector):
        sign = selector[at]
        if sign == "\\":
            at += 2
            continue
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'`" and not ((text := _TEXT.match(selector, begin)) and text.end() < at):
            quote = sign
        elif selector.startswith(">>", at):
            yield selector[begin:at]
            at += 2
            begin = at
            continue
        at += 1
    yield selector[begin:]


def _check(engine: str, body: str) -> None:
    name = engine.removesuffix(":light")
    if name.startswith("internal:"):
        return
    if name not in ENGINES:
        raise Unreadable(f"there is no engine {engine[:SHOWN]!r}. {_instead(engine, body)}")
    if name == "css":
        if body.startswith("/"):
            raise Unreadable(f"an XPath that begins with one slash is written xpath={body[:SHOWN]}")
        read_css(body)
    elif name == "xpath":
        _read_xpath(body)
    elif name == "role":
        _read_role(body)
    elif name == "nth" and not re.fullmatch(r"\s*-?\d+\s*", body):
        raise Unreadable(f"nth= wants a whole number, 0 for the first and -1 for the last, got {body[:SHOWN]!r}")
    elif name != "text" and not body.strip():
        raise Unreadable(f"nothing stands behind {engine}=")


def _read_role(body: str) -> None:
    role = re.match(r"\s*[\w-]*", body)
    if role is None or not role[0].strip():
        raise Unreadable('a role is missing, as in role=button[name="Save"]')
    if not _ROLE.fullmatch(body):
        raise Unreadable(f'role={body[:SHOWN]} can\'t be read; a name is written as in role=button[name="Save"]')


def _read_xpath(body: str) -> None:
    from elementpath import ElementPathError, XPath1Parser

    try:
        XPath1Parser(strict=False).parse(body.strip())
    except RecursionError:
        return  # the browser will tell
    except ElementPathError as error:
        where = f" at its sign {found[1]}" if (found := re.search(r"column (\d+)", str(error))) else ""
        raise Unreadable(f"the XPath can't be read{where}: {str(error).rpartition('] ')[2]}") from None


def _instead(engine: str, body: str) -> str:
    """Return what to write in place of an engine that there is not."""
    meant, engine = body.strip().strip("\"'")[:SHOWN], engine[:SHOWN]
    if (known := INSTEAD.get(engine.casefold())) is not None:
        how = known.replace("{}", meant)
        return f"{how[0].upper()}{how[1:]}."
    if engine.casefold() in ENGINES:
        return f"Engines are written small: {engine.casefold()}=."
    return (
        nearest(engine, ENGINES) or f"There are {', '.join(ENGINES[:7])}; an attribute is written [{engine}={meant!r}]."
    )
