"""Everything that Stratagem raises.

    StratagemError
      ConfigError      UnknownKey BadValue MissingRequirement
      PluginError      PluginNotFound PluginConflict PluginImportError PluginIncompatible HookMisuse
      WorkflowError    UnknownNode BadInput UndefinedName CycleError NoProvider BadFile
      RunError         StepFailed StepTimeout RunTimeout ResourceUnavailable SchedulerStalled
        ResourceUnavailable  PoolExhausted QuotaExceeded AcquireTimeout ResourceLost PoolClosed

Each says what is wrong, where (file, line, node, key), who provides the part that is concerned
(distribution and version), and what to do. Problems that are found together are raised together: catch the
family's base (``WorkflowError``) and read ``problems``, which a single error has too.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Self


class StratagemError(Exception):
    """The root of all errors; also what several problems of one family are raised as.

    Args:
        what: one sentence that says what is wrong.
        file: the file it was found in.
        line: the line in that file, counted from 1.
        node: the id of the node concerned.
        key: the config key, path of keys, or port concerned.
        provider: the distribution and version that provides the part concerned, as ``name 1.2``.
        hint: what to do about it.
    """

    def __init__(
        self,
        what: str,
        *,
        file: str | None = None,
        line: int | None = None,
        node: str | None = None,
        key: str | None = None,
        provider: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.file = file
        self.line = line
        self.node = node
        self.key = key
        self.provider = provider
        self.hint = hint
        self._problems: tuple[Self, ...] = ()

    @property
    def problems(self) -> tuple[Self, ...]:
        """The single problems; an error that stands for itself alone holds itself."""
        return self._problems or (self,)

    @property
    def where(self) -> str:
        """The place as text, ``flow.yaml:12: node 'a': key 'b'``; empty when there is none."""
        file = self.file if self.line is None else f"{self.file or 'line '}:{self.line}"
        parts = (file, self.node and f"node {self.node!r}", self.key and f"key {self.key!r}")
        return ": ".join(part for part in parts if part)

    def __str__(self) -> str:
        if self._problems:
            lines = "\n".join(f"  - {problem}" for problem in self._problems)
            return f"{self.what}\n{lines}"
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.provider:
            text += f" (provided by {self.provider})"
        return f"{text}. {self.hint}" if self.hint else text

    @classmethod
    def together(cls, problems: Sequence[Self], what: str) -> Self:
        """One error for all of ``problems``: the problem itself if it is the only one."""
        if len(problems) == 1:
            return problems[0]
        error = cls(f"{what}: {len(problems)} problems")
        error._problems = tuple(problems)
        return error


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


class WorkflowError(StratagemError):
    """A workflow can't be run as it is written.

    ``rest`` is what a file says besides what is wrong with it, as a Workflow, where its format could tell; it is for
    finding what else is wrong.
    """

    rest: Any = None


class UnknownNode(WorkflowError):
    """A node type, node id or port that does not exist."""


class BadInput(WorkflowError):
    """An input is missing, unknown, or of the wrong type."""


class UndefinedName(WorkflowError):
    """A template names something that does not exist."""


class CycleError(WorkflowError):
    """Nodes wait for each other."""


class NoProvider(WorkflowError):
    """No configured strategy provides a resource kind that a node needs."""


class BadFile(WorkflowError):
    """A file can't be read as a workflow."""


class RunError(StratagemError):
    """A run did not end as it should."""


class StepFailed(RunError):
    """A node raised; the node's own error is the ``__cause__``, and ``said`` is its text with secrets masked."""

    said: str | None = None


class StepTimeout(StepFailed):
    """A node took longer than its time limit."""


class RunTimeout(RunError):
    """A run took longer than its time limit; `StepTimeout` is of a step and its own."""


class ResourceUnavailable(RunError):
    """A provider could not lease the resource that a step needs.

    Args:
        what, where: as for every error.
        retryable: whether the same step may have better luck later.
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


def nearest(name: str, names: Sequence[str] | set[str] | frozenset[str]) -> str | None:
    """A hint that names what ``name`` was probably meant to be, or None."""
    close = get_close_matches(name, [str(known) for known in names], n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else None
