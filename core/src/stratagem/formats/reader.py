"""Reader: goes through a document's tables and collects every problem, each with its place."""

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from stratagem._support.shown import shown
from stratagem._support.suggesting import Hint, suggestion
from stratagem.errors import GIVEN_UP, MOST_FOUND, BadFile, WorkflowError
from stratagem.formats.document import Document
from stratagem.formats.fields import Convert
from stratagem.model import Workflow


@define(eq=False)
class Reader:
    """The reading of one document; ``source`` is the file's name in errors."""

    document: Document
    """The plain data, with its lines."""
    source: str
    problems: list[WorkflowError] = field(factory=list)
    """The problems found so far."""

    def complain(
        self,
        what: str,
        *,
        part: object = None,
        node: str | None = None,
        key: str | None = None,
        hint: str | Hint | None = None,
        kind: type[WorkflowError] = BadFile,
    ) -> None:
        """Notes a problem with ``part``, the table of the document that it is in."""
        line = self.document.line(part)
        self.problems.append(kind(what, file=self.source, line=line, node=node, key=key, hint=hint))
        if len(self.problems) == MOST_FOUND:
            self.problems.append(BadFile(GIVEN_UP, file=self.source, line=line))
            self.refuse()

    def refuse(self, rest: Workflow | None = None) -> None:
        """Raises all problems noted, if there are any; ``rest`` is what could be read all the same."""
        if self.problems:
            self.problems.sort(key=lambda problem: problem.line or 0)
            kinds = {type(problem) for problem in self.problems}
            kind = kinds.pop() if len(kinds) == 1 else WorkflowError
            error = kind.together(self.problems, f"{self.source} is no workflow")
            error.rest = rest
            raise error

    def fields(
        self,
        value: Any,
        known: Mapping[str, Convert],
        *,
        key: str = "",
        node: str | None = None,
        inside: object = None,
        required: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """The converted fields of a table, those left out or wrong absent.

        Args:
            value: what should be the table.
            known: the fields that it may have.
            key: the path of keys that led here; empty at the top of the document or of a node.
            node: the id of the node it belongs to.
            inside: the table around it, whose line is told where ``value`` has none.
            required: fields that it must have.
        """
        part = value if isinstance(value, dict) else inside
        if not isinstance(value, dict):
            self.complain(f"expected a table, got {shown(value)}", part=part, node=node, key=key or None)
            return {}
        part = value if self.document.line(value) is not None else inside
        prefix = f"{key}." if key else ""
        for missing in required:
            if missing not in value:
                self.complain(f"{missing!r} is missing", part=part, node=node, key=key or None)
        found = {}
        for name, content in value.items():
            convert = known.get(name)
            if convert is None:
                hint = suggestion(name, known, "Known are {}.")
                self.complain("unknown key", part=part, node=node, key=prefix + name, hint=hint)
                continue
            try:
                found[name] = convert(content)
            except ValueError as error:
                what = f"expected {error}, got {shown(content)}"
                self.complain(what, part=part, node=node, key=prefix + name)
        return found
