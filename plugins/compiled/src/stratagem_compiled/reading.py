"""Reading: sources and paths as statements."""

from __future__ import annotations

from operator import attrgetter

from stratagem import Source
from stratagem_compiled.writer import Writer

Step = str | int


class Reader:
    """Writes look-ups into a scope; what was read once is not read again."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._known: dict[object, str] = {}

    def path(self, source: Source, steps: tuple[Step, ...]) -> str:
        """The name of what the source and the steps behind it give."""
        steps = steps[source.uses :]
        known = self._known.get((source, steps))
        if known is None:
            known = self.source(source)
            for at, step in enumerate(steps, 1):
                known = self._step(source, steps[:at], known, step)
        return known

    def source(self, source: Source) -> str:
        """The name of what the source gives."""
        known = self._known.get((source, ()))
        if known is None:
            known = self._known[source, ()] = self._written(source)
        return known

    def _written(self, source: Source) -> str:
        writer = self._writer
        match source.kind:
            case "variable":
                return writer.keep(f"{self._field(0, 'variables')}[{writer.bind(source.name)}]")
            case "port":
                return writer.keep(f"{self._field(source.up, 'ports')}[{writer.bind(source.name)}]")
            case "step":
                return self._output(source)
            case _:
                return writer.keep(f"{writer.bind(source.get)}(scope)")

    def _output(self, source: Source) -> str:
        writer = self._writer
        value = writer.keep(f"{self._field(source.up, 'values')}[{writer.bind(source.index)}]")
        writer.give_up_if(f"type({value}) is Absent")
        if source.optional:
            writer.give_up_if(f"{value} is NOTHING")
        if source.part:
            value = writer.keep(f"{writer.bind(attrgetter(source.name))}({value})")
            if source.optional:
                writer.give_up_if(f"{value} is NOTHING")
        return value

    def _field(self, up: int, name: str) -> str:
        """A field of the scope so many scopes further out; ``name`` is one of this module's own."""
        known = self._known.get((up, name))
        if known is None:
            known = self._known[up, name] = self._writer.keep(f"scope{'.parent' * up}.{name}")
        return known

    def _step(self, source: Source, steps: tuple[Step, ...], holder: str, step: Step) -> str:
        known = self._known.get((source, steps))
        if known is None:
            key = self._writer.bind(step)
            quick = f"type({holder}) is dict" if isinstance(step, str) else f"type({holder}) is list"
            known = self._writer.keep(f"{holder}[{key}] if {quick} else look_up({holder}, {key})")
            self._known[source, steps] = known
        return known
