"""Asked: the dialogs of a browser context – how they are answered, and what is told of those that nobody answers."""

from __future__ import annotations

from collections import deque
from typing import Final

from anyio import current_time
from attrs import define, field, frozen

from stratagem import Context
from stratagem_web.api import Dialog

_REMEMBERED: Final = 100
_SHOWN: Final = 2
_LONGEST: Final = 200


@frozen
class Unanswered:
    """A dialog that no step has answered: what was seen of it and became of it, in which step, when on the loop's clock."""

    text: str
    node: str
    when: float

    def seen_from(self, node: str) -> str:
        """The dialog as the failure of a step tells of it."""
        where = "in this step" if node == self.node else f"in the step {self.node!r}"
        return f"{current_time() - self.when:.1f} s before, {where}, {self.text}"


@define
class Asked:
    """The dialogs since the page was lent, the last hundred at most; ``listed`` are those that the workflow answers."""

    listed: deque[dict[str, str]] = field(factory=lambda: deque(maxlen=_REMEMBERED))
    _unanswered: deque[Unanswered] = field(factory=lambda: deque(maxlen=_REMEMBERED))
    _chosen: tuple[bool, str] | None = None
    _context: Context | None = None
    _remedy: str = ""

    def choose(self, accept: bool, text: str) -> None:
        """From now on dialogs are accepted, with ``text`` for those that ask for one, or dismissed."""
        self._chosen = (accept, text)

    def begin(self, context: Context, remedy: str) -> None:
        """A step is at work from now on; ``remedy`` says how dialogs are answered in its language."""
        self._context, self._remedy = context, remedy

    def answer(self, dialog: Dialog, accept: bool) -> str | None:
        """The text to accept a dialog with; None to dismiss it. ``accept`` holds where the workflow has not chosen."""
        if self._chosen is None:
            agreed = accept or dialog.type == "beforeunload"  # a page that asks back is left all the same
            self._note(dialog, agreed)
            return dialog.default_value if agreed else None
        self.listed.append({"type": dialog.type, "message": dialog.message, "default": dialog.default_value})
        agreed, text = self._chosen
        return (text or dialog.default_value) if agreed else None  # left out, a prompt would be answered with ""

    def in_short(self, node: str) -> str:
        """The last dialogs that nobody has answered, for the failure of a step; empty if there were none."""
        if not self._unanswered:
            return ""
        last = list(self._unanswered)[-_SHOWN:]
        more = len(self._unanswered) - len(last)
        rest = f" ({more} more before)" if more else ""
        return f"{'; '.join(each.seen_from(node) for each in last)}{rest}. {self._remedy}"

    def _note(self, dialog: Dialog, agreed: bool) -> None:
        context = self._context
        if context is None or dialog.type == "beforeunload":
            return
        message = " ".join(dialog.message.split())[:_LONGEST]
        if dialog.type == "alert":
            text = f'the page said "{message}" (alert), which was closed'
        else:
            text = f'the page asked "{message}" ({dialog.type}), which was {"accepted" if agreed else "dismissed"}'
        self._unanswered.append(Unanswered(text, context.node_id, current_time()))
        if agreed or dialog.type == "alert":
            context.log.info("%s", text)
        else:
            context.log.warning("%s. %s", text, self._remedy)
        context.notice(text)
