"""Console: what is told goes to standard error, what is asked for to standard output; secrets are masked in both."""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from stratagem import jsonable
from stratagem.hosting import Masker

_INVISIBLE = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


class OutputClosed(Exception):  # noqa: N818 - an event, not a mistake
    """Nobody reads standard output any more."""


class Console:
    """Writes for people and for programs.

    What ``secrets`` knows is never written. ``show`` writes a finished line; a live display puts its own function
    there for as long as it lasts. If ``structured``, each line for people is a JSON object for programs instead.
    """

    def __init__(self) -> None:
        self.secrets = Masker()
        self.structured = False
        self.show: Callable[[str], None] = _to_stderr

    def log(self, text: str, level: str = "info", **fields: Any) -> None:
        """One or more lines for people; control characters are made visible. It never fails.

        Args:
            level: ``warning`` and what is worse stands before the text.
            fields: told besides where lines are structured; those that are None are left out.
        """
        masked = self.secrets.masked(text)
        if self.structured:
            self.show(self._structured(masked, level, fields))
        else:
            self.show((masked if level in ("debug", "info") else f"{level}: {masked}").translate(_INVISIBLE))

    def warn(self, text: str) -> None:
        """Something that is not as it should be."""
        self.log(text, "warning")

    def _structured(self, text: str, level: str, fields: dict[str, Any]) -> str:
        given = {key: value for key, value in fields.items() if value is not None}
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        return json.dumps({"time": time, "level": level, "message": text, **self.masked(jsonable(given))})

    def print(self, text: str, *, masked: bool = False) -> None:
        """Print what was asked for on standard output; ``masked`` text is not masked again. Raises OutputClosed."""
        line = f"{text if masked else self.secrets.masked(text)}\n"
        try:
            encoding = sys.stdout.encoding or "utf-8"
            sys.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding))
            sys.stdout.flush()
        except (BrokenPipeError, AttributeError) as error:  # there is no stream at all where it was closed before
            raise OutputClosed from error

    def print_data(self, value: Any) -> None:
        """Print what was asked for as JSON, its texts masked one by one, so that it stays JSON. Raises OutputClosed."""
        self.print(json.dumps(self.masked(value), allow_nan=False), masked=True)

    def masked(self, value: Any) -> Any:
        """A copy without secrets."""
        return self.secrets.redact(value)

    def drop_output(self) -> None:
        """Lets what is still buffered go nowhere, so that the interpreter's end has nothing to complain of."""
        try:
            number = sys.stdout.fileno()
        except (OSError, ValueError, AttributeError):
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)


def _to_stderr(text: str) -> None:
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):  # nobody listens: the workflow goes on all the same
        return
