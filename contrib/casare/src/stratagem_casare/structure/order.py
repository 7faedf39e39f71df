"""An order in which every line leads forwards."""

from collections.abc import Iterable, Mapping

from stratagem import Connection

_NOTHING: Mapping[str, Iterable[str]] = {}


def order_of(
    nodes: Iterable[str], lines: Iterable[Connection], after: Mapping[str, Iterable[str]] = _NOTHING
) -> dict[str, int]:
    """The place of each node in an order in which every line leads forwards; nodes on a cycle come last.

    ``after`` gives what else nodes wait for.
    """
    waits = dict.fromkeys(nodes, 0)
    targets: dict[str, list[str]] = {id_: [] for id_ in waits}
    pairs = [(line.source_node, line.target_node) for line in lines]
    pairs += [(source, target) for target, sources in after.items() for source in sources]
    for source, target in pairs:
        targets[source].append(target)
        waits[target] += 1
    ready = [id_ for id_, count in waits.items() if not count]
    for id_ in ready:
        for target in targets[id_]:
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    found = {id_: place for place, id_ in enumerate(ready)}
    return {id_: found.get(id_, len(ready)) for id_ in waits}
