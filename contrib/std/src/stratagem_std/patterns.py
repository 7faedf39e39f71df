"""Patterns: regular expressions in Python's own syntax, whose matching can be ended.

Python's own `re` may take years for a short text, holding the interpreter's lock the whole time, so that nothing can end
it. So patterns are checked by `re`, and matched by the library `regex`, which has time limits and lets other threads run.
"""

import importlib
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import wraps
from itertools import islice
from typing import Any, Final, TypeVar

from attrs import frozen

from stratagem import brief, run_in_thread
from stratagem_std.caps import MAX_CHARS, MAX_ITEMS
from stratagem_std.text import bound

T = TypeVar("T")

QUICK: Final = 0.02
"""Seconds that a node may match on the event loop; it then begins again in a thread."""

LONGEST: Final = 30.0
"""Seconds that one node may match at all."""


@frozen
class _Room:
    """The time that it may take now, and whether other threads run meanwhile, which costs a little."""

    seconds: float
    concurrent: bool


_AMPLE: Final = _Room(LONGEST, False)
_ROOM: Final[ContextVar[_Room]] = ContextVar("room", default=_AMPLE)

_LITERAL: Final = re.compile(
    r"""
    (?P<escape> \\N\{[^}]*\} | \\. )
    | (?P<set> \[ \^?+ \]?+ (?: \\. | [^\]\\] )*+ \] )
    | \{ (?! \d*+ (?: , \d*+ )? (?<! \{ ) \} )
    """,
    re.VERBOSE | re.DOTALL,
)


class Pattern:
    """A compiled regular expression. Its methods raise ValueError where they take longer than `LONGEST`."""

    __slots__ = ("_own", "_pattern", "_text")

    def __init__(self, text: str, *, ignore_case: bool, multiline: bool, dot_all: bool) -> None:
        self._text = text
        self._own = _checked(text, re.I * ignore_case | re.M * multiline | re.S * dot_all)
        regex = importlib.import_module("regex")
        flags = regex.V0 | regex.I * ignore_case | regex.M * multiline | regex.S * dot_all
        self._pattern = regex.compile(_LITERAL.sub(_as_python_reads_it, text), flags)

    def first(self, text: str, *, whole: bool = False) -> Any:
        """The first match, or that of the whole text; None if there is none."""
        match = self._pattern.fullmatch if whole else self._pattern.search
        return self._ended(lambda room: match(text, timeout=room.seconds, concurrent=room.concurrent))

    def all(self, text: str, take: Callable[[Any], T]) -> list[T]:
        """Return what ``take`` gives of each match; raises ValueError for too many."""

        def found(room: _Room) -> list[T]:
            matches = self._pattern.finditer(text, timeout=room.seconds, concurrent=room.concurrent)
            return list(map(take, islice(matches, MAX_ITEMS + 1)))

        taken = self._ended(found)
        if len(taken) > MAX_ITEMS:
            raise ValueError(f"there are more than {MAX_ITEMS} matches")
        return taken

    def replaced(self, text: str, replacement: str, limit: int) -> tuple[str, int]:
        """The text with at most ``limit`` matches replaced, 0 for all, and how many were; raises ValueError."""
        try:
            self._own.sub(replacement, "")  # Python says whether it is one, whatever there is to replace
        except (re.error, IndexError) as error:
            raise ValueError(
                f"expected a replacement for {brief(self._text)}, got {brief(replacement)}: {error}"
            ) from None
        most = min(max(limit, 0), len(text) + 1)  # there can't be more matches, and the library takes no huge numbers
        grows = (len(text) + 1) * len(replacement) > MAX_CHARS

        def replaced(room: _Room) -> tuple[str, int]:
            put = _bounded(replacement, len(text)) if grows else replacement
            found: tuple[str, int] = self._pattern.subn(
                put, text, most, timeout=room.seconds, concurrent=room.concurrent
            )
            return found

        return self._ended(replaced)

    def _ended(self, work: Callable[[_Room], T]) -> T:
        room = _ROOM.get()
        try:
            return work(room)
        except TimeoutError:
            if room.seconds < LONGEST:
                raise
            what = f"the pattern {brief(self._text)} has not come to an end in {LONGEST:g} s"
            raise ValueError(f"{what}. Look for a repetition within a repetition, such as (a+)+") from None


def timely(function: Callable[..., T]) -> Callable[..., Any]:
    """The function as a coroutine function: on the event loop as long as it is quick, else in a thread that can be left."""

    @wraps(function)
    async def call(*args: Any, **inputs: Any) -> T:
        try:
            return _within(_Room(QUICK, False), function, args, inputs)
        except TimeoutError:
            return await run_in_thread(_within, _Room(LONGEST, True), function, args, inputs)

    return call


def _within(room: _Room, function: Callable[..., T], args: tuple[Any, ...], inputs: Mapping[str, Any]) -> T:
    token = _ROOM.set(room)
    try:
        return function(*args, **inputs)
    finally:
        _ROOM.reset(token)


def _bounded(replacement: str, size: int) -> Callable[[Any], str]:
    """Replaces matches; raises ValueError where a text of ``size`` characters would become too long by that."""

    def put(match: Any) -> str:
        nonlocal size
        text: str = match.expand(replacement)
        size += len(text) - len(match[0])
        bound(size)
        return text

    return put


def _checked(text: str, flags: int) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of sets that may mean something else one day
        try:
            return re.compile(text, flags)
        except (re.error, RecursionError, OverflowError) as error:
            raise ValueError(f"expected a regular expression, got {brief(text)}: {error}") from None


def _as_python_reads_it(found: re.Match[str]) -> str:
    """Return what stands for itself in Python's patterns and means something to `regex`, escaped."""
    if found["escape"]:
        return found[0]
    return "".join(_set(found[0])) if found["set"] else r"\{"


def _set(text: str) -> Iterator[str]:
    yield "["
    for part in re.findall(r"\\.|.", text[1:], re.DOTALL):
        yield r"\[" if part == "[" else part
