"""What a node may know of the step it is run as."""

from __future__ import annotations

import logging
import random
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stratagem.templates.masker import Masker
    from stratagem.views import StepRun

log = logging.getLogger("stratagem.node")


class MaskedLog(logging.LoggerAdapter[logging.Logger]):
    """Logs messages with secrets masked, so that no handler writes them down, whoever has set it up."""

    def __init__(self, logger: logging.Logger, extra: dict[str, object], masker: Masker) -> None:
        super().__init__(logger, extra)
        self._masker = masker

    def log(self, level: int, msg: object, *args: object, **how: Any) -> None:
        """Logs the message as all loggers do."""
        if self._masker and self.isEnabledFor(level):
            record = logging.LogRecord("", level, "", 0, msg, args, None)
            msg, args = self._masker.masked(record.getMessage()), ()
        how["stacklevel"] = how.get("stacklevel", 1) + 1  # the record tells where the node logs, not this line
        super().log(level, msg, *args, **how)


class StepContext:
    """Implements `stratagem.nodes.Context` for one step."""

    def __init__(self, ready: StepRun) -> None:
        self._ready = ready

    @property
    def node_id(self) -> str:
        """The node's id."""
        return self._ready.step.id

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self._ready.run.id

    @property
    def attempt(self) -> int:
        """The number of the attempt, counted from 1."""
        return self._ready.attempt

    @property
    def directory(self) -> Path:
        """Return where relative paths start.

        The folder of the node's own file, a subflow's too, else the current one.
        """
        return self._ready.frame.directory

    @cached_property
    def log(self) -> logging.LoggerAdapter[logging.Logger]:
        """A logger whose records carry ``node``, ``run`` and ``way``, and no secrets in their messages."""
        named = {"node": self.node_id, "run": self.run_id, "way": self._ready.way}
        return MaskedLog(log, named, self._ready.run.services.secrets.masker)

    @cached_property
    def random(self) -> random.Random:
        """Seeded from the run's seed and the step's place in program order, where the run has a seed."""
        seed = self._ready.run.options.seed
        return random.Random() if seed is None else random.Random(repr((seed, self._ready.key, self.attempt)))

    def trace_headers(self) -> dict[str, str]:
        """Return what the run's recorders want a request of the step to carry."""
        return self._ready.run.propagate(self._ready)

    def trace_environment(self) -> dict[str, str]:
        """`trace_headers` as environment variables, named as OpenTelemetry has it: in capitals, with underscores."""
        return {name.upper().replace("-", "_"): value for name, value in self.trace_headers().items()}

    def artifact(self, path: str | Path, kind: str = "file") -> None:
        """Tells the run's recorders of a file that the node has kept; a ``screenshot`` is shown by reports."""
        self._ready.run.tell(self._ready, "artifact", path=str(path), kind=kind)

    def notice(self, text: str) -> None:
        """Tells the run's recorders of something odd that the step has met; reports show it."""
        self._ready.run.tell(self._ready, "notice", text=text)

    def metric(self, name: str, value: float, unit: str = "1", **attributes: Any) -> None:
        """Hands one measurement to the run's recorders, and to its result's metrics."""
        self._ready.run.record(name, value, unit, node=self.node_id, **attributes)
