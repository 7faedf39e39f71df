"""Everything that Stratagem raises.

    StratagemError
      ConfigError      UnknownKey BadValue MissingRequirement
      PluginError      PluginNotFound PluginConflict PluginImportError PluginIncompatible HookMisuse BadRevision PluginFailed
      WorkflowError    UnknownNode BadInput UndefinedName CycleError NoProvider BadFile
      NotStorable
      SpoiltImage
      RunError         StepFailed StepTimeout RunTimeout ResourceUnavailable SchedulerStalled
        ResourceUnavailable  PoolExhausted QuotaExceeded AcquireTimeout ResourceLost PoolClosed

Each says what is wrong, where (file, line, node, key), who provides the part that is concerned
(distribution and version), and what to do. Problems that are found together are raised together: catch the
family's base (``WorkflowError``) and read ``problems``, which a single error has too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from stratagem._support.shown import FILE_CHARS, NAME_CHARS, TEXT_CHARS, cut, shown
from stratagem._support.suggesting import Hint

if TYPE_CHECKING:
    from stratagem.ways import Way

MOST_TOLD = 50
"""So many problems of one kind are told one by one; what are more are counted."""

MOST_FOUND = 10_000
"""So many problems of one file are collected before it is given up."""

GIVEN_UP = "so many problems were found that the rest of the file was not looked at"

LINE_CHARS = 1_000
"""Characters that are told of one problem among several."""

SHOWN = 5
"""Places that are told of a problem that is there several times."""

E = TypeVar("E", bound="StratagemError")


class StratagemError(Exception):
    """The root of all errors; also what several problems of one family are raised as.

    Args:
        what: one sentence that says what is wrong.
        file: the file it was found in.
        line: the line in that file, counted from 1.
        node: the id of the node concerned.
        key: the config key, path of keys, or port concerned.
        provider: the distribution and version that provides the part concerned, as ``name 1.2``.
        hint: what to do about it, or what gives that when it is read.

    ``more`` are further problems that say the same of other places: together they are one.
    """

    _by_key: ClassVar[bool] = True  # whether the same text about another key is another problem

    def __init__(
        self,
        what: str,
        *,
        file: str | None = None,
        line: int | None = None,
        node: str | None = None,
        key: str | None = None,
        provider: str | None = None,
        hint: str | Hint | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.file = file
        self.line = line
        self.node = node
        self.key = key
        self.provider = provider
        self._hint = hint
        self.more: tuple[Self, ...] = ()
        self._problems: tuple[Self, ...] = ()

    @property
    def hint(self) -> str | None:
        """Return what to do about it."""
        if callable(self._hint):
            self._hint = self._hint()
        return self._hint

    @hint.setter
    def hint(self, hint: str | Hint | None) -> None:
        self._hint = hint

    @property
    def unread_hint(self) -> str | Hint | None:
        """The hint as it was given, for an error that is made of this one."""
        return self._hint

    @property
    def problems(self) -> tuple[Self, ...]:
        """The single problems; an error that stands for itself alone holds itself."""
        return self._problems or (self,)

    @property
    def where(self) -> str:
        """The place as text, ``flow.yaml:12: node 'a': key 'b'``; empty when there is none."""
        parts = (self._spot, self._named, self._key)
        return ": ".join(part for part in parts if part)

    @property
    def _spot(self) -> str:
        file = cut(self.file or "", FILE_CHARS)
        if self.line is None:
            return file
        return f"{file}:{self.line}" if file else f"line {self.line}"

    @property
    def _named(self) -> str:
        return f"node {shown(self.node, NAME_CHARS)}" if self.node else ""

    @property
    def _key(self) -> str:
        return f"key {shown(self.key, NAME_CHARS)}" if self.key else ""

    @property
    def brief(self) -> str:
        """Return what is wrong without its place and provider: key, sentence, and what to do."""
        if self._problems:
            return str(self)
        text = ": ".join(filter(None, (self._key, cut(self.what, TEXT_CHARS))))
        return f"{text}. {cut(self.hint, TEXT_CHARS)}" if self.hint else text

    def __str__(self) -> str:
        if self._problems:
            told, rest = to_tell(self._problems)
            lines = "\n".join(f"  - {cut(str(line), LINE_CHARS)}" for line in [*told, *rest])
            return f"{self.what}\n{lines}"
        what = cut(self.what, TEXT_CHARS)
        text = f"{self.where}: {what}" if self.where else what
        if self.provider:
            text += f" (provided by {self.provider})"
        text = f"{text}. {cut(self.hint, TEXT_CHARS)}" if self.hint else text
        return f"{text} {self.elsewhere}" if self.more else text

    def apart(self) -> tuple[Self, ...]:
        """The problem and its `more`, each for itself again."""
        several, self.more = (self, *self.more), ()
        return several

    @property
    def elsewhere(self) -> str:
        """Return where else it is the same, such as ``(and 499 more: flow.yaml:7: node 'b'; …)``; empty if nowhere."""
        if not self.more:
            return ""
        places = [place for place in (problem.where for problem in self.more[:SHOWN]) if place]
        told = "; ".join([*places, "…"] if len(self.more) > SHOWN else places)
        return f"(and {len(self.more)} more: {told})" if told else f"(and {len(self.more)} more)"

    @classmethod
    def together(cls, problems: Sequence[Self], what: str) -> Self:
        """One error for all of ``problems``; the problem itself if all say the same, with its other places."""
        kinds = list(_kinds(problems))
        if len(kinds) == 1:
            return kinds[0]
        error = cls(f"{what}: {len(kinds)} problems")
        error._problems = tuple(kinds)
        return error

    @property
    def _kind(self) -> tuple[object, ...]:
        return (type(self), self.what, self.provider, self.key if self._by_key else None)


def _kinds(problems: Sequence[E]) -> Iterator[E]:
    """The first problem of each kind; the others of its kind become its ``more``."""
    found: dict[tuple[object, ...], list[E]] = {}
    for problem in problems:
        found.setdefault(problem._kind, []).append(problem)
    for first, *others in found.values():
        first.more = (*first.more, *others)
        yield first


class ConfigError(StratagemError):
    """The configuration can't be used."""


class UnknownKey(ConfigError):
    """A key that nothing reads."""


class BadValue(ConfigError):
    """A value of the wrong type or outside its range."""


class MissingRequirement(ConfigError):
    """A distribution that the config requires is absent or of another version."""


class PluginError(StratagemError):
    """A plugin can't be used."""


class PluginNotFound(PluginError):
    """No installed distribution offers a plugin of this name."""


class PluginConflict(PluginError):
    """Two distributions offer the same name, or two plugins answer one exclusive hook."""


class PluginImportError(PluginError):
    """A plugin's module raised when it was imported."""


class PluginIncompatible(PluginError):
    """A plugin needs something that this run does not have, such as the asyncio backend."""


class HookMisuse(PluginError):
    """A hook is misspelt, takes unknown arguments, raised, or answered with the wrong type."""


class BadRevision(PluginError):
    """A pass revises a plan such that something would be missing or in no order."""


class PluginFailed(PluginError):
    """A plugin in use has raised where nothing allows it: no node is to blame, and the run goes on after nothing.

    It is the ``error`` of a run that has begun; what the plugin raised is the ``__cause__``.
    """


class NotStorable(StratagemError):
    """A plan can't be written down: it holds what only the process that made it knows."""


class SpoiltImage(StratagemError):
    """A stored plan is of no use here: it is damaged, or was made for other versions of what it needs."""


class WorkflowError(StratagemError):
    """A workflow can't be run as it is written.

    ``rest`` is what a file says besides what is wrong with it, as a Workflow, where its format could tell; it is for
    finding what else is wrong.
    """

    rest: Any = None


class UnknownNode(WorkflowError):
    """A node type, node id or port that does not exist."""

    _by_key = False


class BadInput(WorkflowError):
    """An input is missing, unknown, or of the wrong type."""


class UndefinedName(WorkflowError):
    """A template names something that does not exist."""

    _by_key = False


class CycleError(WorkflowError):
    """Nodes wait for each other."""


class NoProvider(WorkflowError):
    """No configured strategy provides a resource kind that a node needs."""

    _by_key = False


class BadFile(WorkflowError):
    """A file can't be read as a workflow."""


class RunError(StratagemError):
    """A run did not end as it should."""


class StepFailed(RunError):
    """A node raised; the node's own error is the ``__cause__``, and ``said`` is its text with secrets masked.

    ``way`` leads to the step through bodies and subflows, with the passes of loops; None until the kernel settles it.
    """

    said: str | None = None
    way: Way | None = None

    @property
    def _named(self) -> str:
        if self.way is None or not self.way.nested:
            return super()._named
        rows = f" ({self.way.rows})" if self.way.passes else ""
        return f"node {self.way.text!r}{rows}"


class StepTimeout(StepFailed):
    """A node took longer than its time limit."""


class RunTimeout(RunError):
    """A run took longer than its time limit; `StepTimeout` is of a step and its own."""


class ResourceUnavailable(RunError):
    """A provider could not lease the resource that a step needs.

    Args:
        what, where: as for every error.
        retryable: whether a retry may succeed.
        retry_after: an estimate of when, in seconds; None if there is none.
    """

    def __init__(
        self, what: str, *, retryable: bool = True, retry_after: float | None = None, **where: str | None
    ) -> None:
        super().__init__(what, **where)  # type: ignore[arg-type]  # mypy takes 'line', which no lease has, for a text
        self.retryable = retryable
        self.retry_after = retry_after


class PoolExhausted(ResourceUnavailable):
    """All members of a pool are in use, and its queue is full, or the step would wait for itself."""


class QuotaExceeded(ResourceUnavailable):
    """The run has as many leases of a pool as one run may have."""


class AcquireTimeout(ResourceUnavailable):
    """No member of a pool came free within the time limit."""


class ResourceLost(ResourceUnavailable):
    """The resource has ended while it was leased, such as a process that was killed."""


class PoolClosed(ResourceUnavailable):
    """The pool is not open: its kernel has not been entered, or is closing. Another try does not help."""

    def __init__(self, what: str, **where: str | None) -> None:
        super().__init__(what, retryable=False, retry_after=None, **where)


class SchedulerStalled(RunError):
    """Steps wait, nothing runs, and the scheduler starts none of them."""


def to_tell(problems: Iterable[E]) -> tuple[list[E], list[str]]:
    """The first `MOST_TOLD` problems of each kind, and a line that counts the others, if there are others."""
    counts: Counter[str] = Counter()
    told: list[E] = []
    for problem in problems:
        kind = type(problem).__name__
        counts[kind] += 1
        if counts[kind] <= MOST_TOLD:
            told.append(problem)
    more = {kind: count - MOST_TOLD for kind, count in counts.items() if count > MOST_TOLD}
    kinds = ", ".join(f"{count} {kind}" for kind, count in more.items())
    return told, [f"and {sum(more.values())} more problems: {kinds}"] if more else []


def text_of(error: BaseException) -> str:
    """The error's own text, also of one whose class can't give it."""
    try:
        return str(error)
    except Exception as failed:  # a class of somebody else's: its mistake must not take the place of its error
        return f"<no text: its __str__ raised {type(failed).__name__}>"


def describe(error: BaseException) -> str:
    """The error as ``ValueError: text``; of our own ones the text alone."""
    text = text_of(error)
    if isinstance(error, StratagemError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def brief_of(error: BaseException) -> str:
    """The error as ``ValueError: text``; of our own ones what is wrong, without its place, which is told besides."""
    return error.brief if isinstance(error, StratagemError) else describe(error)
