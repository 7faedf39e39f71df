"""The passes of a loop over items: what came of each, and several of them at once."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import anyio
from attrs import define, field

from stratagem import ContinueLoop, LeaveLoop, StepFailed
from stratagem_std.control.pace import Pace
from stratagem_std.control.reports import report_of

T = TypeVar("T")


@define
class Tally:
    """The results of the loop ``node_id`` so far, by the places of its passes; ``collects`` says to go on after failures."""

    node_id: str
    collects: bool
    _results: dict[int, Any] = field(factory=dict, init=False)
    _errors: dict[int, dict[str, Any]] = field(factory=dict, init=False)

    async def note(self, place: int, body: Awaitable[Any], **named: Any) -> None:
        """Awaits one pass, told of as ``named`` if it fails; raises what ends the loop."""
        result = None
        try:
            result = await body
        except ContinueLoop as left:
            if not left.concerns(self.node_id):
                raise
        except StepFailed as failure:
            if not self.collects:
                raise
            self._errors[place] = report_of(failure).entry(**named)
        self._results[place] = result

    @property
    def results(self) -> list[Any]:
        """Return what each pass gave that has ended, in order; None for one that failed or was continued."""
        return [self._results[place] for place in sorted(self._results)]

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The failures that were collected, in order."""
        return [self._errors[place] for place in sorted(self._errors)]


async def at_once(
    items: Sequence[T], run: Callable[[int, T], Awaitable[None]], concurrency: int, batch_size: int
) -> None:
    """Calls ``run`` with the place of each item and the item, ``concurrency`` of them at once.

    A batch of ``batch_size`` items begins when the one before has ended. The first failure cancels the other passes;
    what is raised is that of the foremost item that failed. Such passes can't leave a loop.
    """
    for begin in range(0, len(items), batch_size):
        await _batch(items[begin : begin + batch_size], begin, run, concurrency)


async def _batch(items: Sequence[T], begin: int, run: Callable[[int, T], Awaitable[None]], concurrency: int) -> None:
    """Several workers share the items."""
    waiting = iter(enumerate(items, begin))
    failed: dict[int, Exception] = {}

    async def work() -> None:
        pace = Pace()
        for place, item in waiting:
            try:
                await run(place, item)
            except Exception as error:
                failed[place] = _not_left(error)
                workers.cancel_scope.cancel()
                return
            if pace.due:
                await pace.rest()

    async with anyio.create_task_group() as workers:
        for _ in range(min(concurrency, len(items))):
            workers.start_soon(work)
    if failed:
        raise failed[min(failed)]


def _not_left(error: Exception) -> Exception:
    if isinstance(error, LeaveLoop):
        return RuntimeError("break can't end passes that run at once, nor continue a loop around them")
    return error
