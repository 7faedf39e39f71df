"""The format ``wfcommons``: WfFormat 1.5 (a specification and an execution) into a Workflow."""

from collections.abc import Iterator, Mapping
from typing import Any

from stratagem import Document, Format, Node, Reader, Workflow, fields

SCALE = "scale"
"""The variable that multiplies every task's runtime."""

_METADATA = ("description", "author", "createdAt", "schemaVersion")


class WfCommonsFormat(Format):
    """Each task becomes a node of type ``wfcommons.task`` that runs after its parents."""

    name = "wfcommons"
    suffixes = (".json",)

    def recognises(self, head: Document) -> bool:
        """A ``schemaVersion``, and a ``specification`` in ``workflow``."""
        data = head.data
        if not isinstance(data, dict) or "schemaVersion" not in data:
            return False
        return isinstance(data.get("workflow"), dict) and "specification" in data["workflow"]

    def read(self, document: Document, source: str) -> Workflow:
        """The workflow; tasks without a runtime, wrong types and duplicate ids are raised together as BadFile."""
        reader = Reader(document, source)
        data = document.data
        runtimes = _runtimes(reader, _tasks(reader, data, "execution"))
        nodes = _nodes(reader, list(_tasks(reader, data, "specification")), runtimes)
        reader.refuse()
        metadata = {key: data[key] for key in _METADATA if key in data}
        return Workflow(nodes, name=str(data.get("name", "")), variables={SCALE: 1.0}, source=source, metadata=metadata)


def _tasks(reader: Reader, data: Any, part: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tasks of ``workflow.<part>.tasks`` that have an id; complains of the others."""
    key = f"workflow.{part}.tasks"
    found = data
    for name in ("workflow", part, "tasks"):
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, list):
        reader.complain("a list of tasks is missing", key=key, part=data)
        return
    for index, task in enumerate(found):
        id_ = task.get("id") if isinstance(task, dict) else None
        if isinstance(id_, str) and id_:
            yield id_, task
        else:
            reader.complain("expected a task that is a table with an 'id'", key=f"{key}[{index}]", part=task)


def _runtimes(reader: Reader, tasks: Iterator[tuple[str, dict[str, Any]]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for id_, task in tasks:
        try:
            found[id_] = fields.number(task.get("runtimeInSeconds"))
        except ValueError as error:
            reader.complain(f"expected {error}", node=id_, key="runtimeInSeconds", part=task)
            found[id_] = 0.0
    return found


def _nodes(reader: Reader, tasks: list[tuple[str, dict[str, Any]]], runtimes: Mapping[str, float]) -> dict[str, Node]:
    parents = _parents(reader, tasks)
    nodes: dict[str, Node] = {}
    for id_, task in tasks:
        if id_ in nodes:
            reader.complain("another task has this id", node=id_, key="id", part=task)
        if id_ not in runtimes:
            reader.complain("the execution has no task of this id", node=id_, part=task)
        config = {"seconds": runtimes.get(id_, 0.0), SCALE: f"{{{{ {SCALE} }}}}", "name": str(task.get("name", id_))}
        nodes[id_] = Node(id_, "wfcommons.task", config, after=parents[id_], line=reader.document.line(task))
    return nodes


def _parents(reader: Reader, tasks: list[tuple[str, dict[str, Any]]]) -> dict[str, tuple[str, ...]]:
    """The ids that each task waits for, whichever end names the other; in order, each once."""
    found: dict[str, dict[str, None]] = {id_: {} for id_, _ in tasks}
    for id_, task in tasks:
        found[id_].update(dict.fromkeys(_ids(reader, task, id_, "parents")))
        for child in _ids(reader, task, id_, "children"):
            if child in found:
                found[child][id_] = None
            else:
                reader.complain(f"there is no task {child!r}", node=id_, key="children", part=task)
    return {id_: tuple(parents) for id_, parents in found.items()}


def _ids(reader: Reader, task: dict[str, Any], id_: str, key: str) -> list[str]:
    ids = task.get(key, [])
    if isinstance(ids, list) and all(isinstance(other, str) for other in ids):
        return ids
    reader.complain("expected a list of ids", node=id_, key=key, part=task)
    return []


wfcommons_format = WfCommonsFormat()
