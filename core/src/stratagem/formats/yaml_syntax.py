"""Strict YAML: the core schema of YAML 1.2, one document, no aliases; every mapping with its line."""

import re
from collections.abc import Mapping
from importlib import import_module
from math import isfinite
from typing import Any

from attrs import define, field

from stratagem._support.numbers import whole
from stratagem._support.shown import shown
from stratagem.errors import GIVEN_UP, MOST_FOUND, BadFile
from stratagem.formats.document import MAX_DEPTH, Document, decode, too_deep
from stratagem.formats.yaml_breaks import without_further_breaks

_TAG = "tag:yaml.org,2002:"
_NULL = re.compile(r"(?:null|Null|NULL|~|)\Z")
_BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")
_INT = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_ENDLESS = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")


def read_yaml(raw: bytes, source: str) -> Document:
    """Parses a YAML file; ``source`` is its name in errors.

    ``on``, ``off``, ``yes``, ``no`` and dates are texts, as YAML 1.2 has it.

    Raises:
        BadFile: it is no YAML of UTF-8 text, too large or too deep, or has duplicate keys, keys that are no texts,
            anchors, aliases, tags other than the core schema's, several documents, NaN or infinities; or PyYAML is
            not installed. Duplicate and unfit keys are reported together.
    """
    yaml = _library(source)
    text, kept = without_further_breaks(decode(raw, source))
    build = _Builder(source, kept)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            build.take(event, type(event).__name__)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or error
        raise BadFile(f"this is not YAML: {what}", file=source, line=mark.line + 1 if mark else None) from None
    if build.problems:
        raise BadFile.together(build.problems, f"{source} can't be read")
    return Document(build.root, build.lines)


def _library(source: str) -> Any:
    try:
        return import_module("yaml")
    except ImportError:
        hint = 'Install it: pip install "stratagem-kernel[yaml]".'
        raise BadFile("YAML files need PyYAML, which is not installed", file=source, hint=hint) from None


@define(eq=False)
class _Open:
    """A list or mapping that has not ended; ``key`` is the one whose value comes next."""

    value: Any
    key: str | None = None


@define(eq=False)
class _Builder:
    """Makes plain data of parser events without recursion; ``root`` is the document's value."""

    source: str
    kept: Mapping[int, str]
    root: Any = None
    lines: dict[int, int] = field(factory=dict)
    problems: list[BadFile] = field(factory=list)
    _open: list[_Open] = field(factory=list)
    _documents: int = 0

    def take(self, event: Any, kind: str) -> None:
        line = event.start_mark.line + 1
        if kind == "AliasEvent" or getattr(event, "anchor", None) is not None:
            raise BadFile("anchors and aliases are not read", file=self.source, line=line, hint="Write it out.")
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                raise BadFile("the file has more than one document", file=self.source, line=line)
        elif kind == "ScalarEvent":
            self._scalar(event, line)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._begin(event, {} if kind == "MappingStartEvent" else [], line)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._open.pop()

    def _begin(self, event: Any, value: Any, line: int) -> None:
        wanted = _TAG + ("map" if isinstance(value, dict) else "seq")
        if event.tag not in (None, "!", wanted):
            raise self._unknown_tag(event.tag, line)
        if isinstance(value, dict):
            self.lines[id(value)] = line
        self._place(value, line)
        self._open.append(_Open(value))
        if len(self._open) > MAX_DEPTH:
            raise too_deep(self.source, line)

    def _scalar(self, event: Any, line: int) -> None:
        tag = event.tag if event.tag is not None else (None if event.implicit[0] else "!")
        try:
            value = _value(event.value.translate(self.kept) if self.kept else event.value, tag)
        except KeyError:
            raise self._unknown_tag(event.tag, line) from None
        except ValueError as error:
            raise BadFile(str(error), file=self.source, line=line) from None
        self._place(value, line)

    def _place(self, value: Any, line: int) -> None:
        if not self._open:
            self.root = value
            return
        top = self._open[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is None:
            top.key = self._key(value, top.value, line)
        else:
            top.value[top.key] = value
            top.key = None

    def _key(self, key: Any, table: dict[str, Any], line: int) -> str:
        if not isinstance(key, str):
            what = f"keys are texts, this one is {shown(key)}"
            self._complain(BadFile(what, file=self.source, line=line, hint="Put it in quotes."))
            return shown(key)
        if key in table:
            self._complain(BadFile("this key is here twice", file=self.source, line=line, key=key))
        return key

    def _complain(self, problem: BadFile) -> None:
        self.problems.append(problem)
        if len(self.problems) == MOST_FOUND:
            self.problems.append(BadFile(GIVEN_UP, file=self.source, line=problem.line))
            raise BadFile.together(self.problems, f"{self.source} can't be read")

    def _unknown_tag(self, tag: str, line: int) -> BadFile:
        return BadFile(f"the tag {shown(tag)} is not read", file=self.source, line=line, hint="Leave it out.")


def _value(text: str, tag: str | None) -> Any:
    """The value of a scalar; ``tag`` None asks for its plain reading. KeyError: an unknown tag; ValueError: unfit."""
    if tag is None:
        return _plain(text)
    if tag in ("!", _TAG + "str"):
        return text
    wanted = {f"{_TAG}null": type(None), f"{_TAG}bool": bool, f"{_TAG}int": int, f"{_TAG}float": float}[tag]
    value = _plain(text)
    if wanted is float and type(value) is int:
        return _float(text)
    if type(value) is not wanted:
        raise ValueError(f"expected {tag.removeprefix(_TAG)}, got {shown(text)}")
    return value


def _plain(text: str) -> Any:
    for pattern, convert in _READINGS:
        if pattern.match(text):
            return convert(text)
    return text


def _float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"expected a finite number, got {shown(text)}")
    return number


def _refuse(text: str) -> Any:
    raise ValueError(f"expected a finite number, got {shown(text)}")


_READINGS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (_NULL, lambda text: None),
    (_BOOL, lambda text: text.lower() == "true"),
    (_INT, whole),
    (_BASED, lambda text: whole(text, 0)),
    (_FLOAT, _float),
    (_ENDLESS, _refuse),
)
