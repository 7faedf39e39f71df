"""Inputs: what gives a node its inputs, open to resolvers that do the same in another way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from attrs import define, evolve, field, frozen

from stratagem.errors import UndefinedName

if TYPE_CHECKING:
    from stratagem.scope import Scope
    from stratagem.templates.paths import Getter, TemplatePath
    from stratagem.templates.template import Template

NOT_GIVEN: Any = type("NOT_GIVEN", (), {"__repr__": lambda self: "NOT_GIVEN"})()
"""Given by a feed where the node is called without that input."""

SourceKind = Literal["variable", "step", "port", "system", "secret"]
"""The kinds of sources, as `Source` tells them."""


@frozen
class Source:
    """The meaning of the beginning of a path.

    A ``variable`` is the scope's of that ``name``. A ``step`` is the one at ``index`` of the scope ``up`` scopes
    further out, and ``name`` its output: the step's whole value where ``part`` is false, else the attribute of that
    name; an ``optional`` one may be `NOTHING`. A ``port`` is handed in by the owner of the scope ``up`` scopes further
    out. ``uses`` tells how many steps of the path the source takes up, ``get`` reads it, and raises LookupError where
    it does not exist. Sources that are equal read the same of a scope.
    """

    kind: SourceKind
    """``variable``, ``step``, ``port``, ``system`` (a system value such as ``$timestamp``) or ``secret``."""
    name: str
    get: Getter = field(eq=False, repr=False)
    up: int = 0
    index: int = -1
    uses: int = 0
    part: bool = False
    optional: bool = False


@define(eq=False)
class Feed:
    """The source of one input's value: a template of the config, or lines that lead to the port ``key``.

    ``get`` gives the value for ``parameter`` just as a step is called with it. Of a template it is what ``hold`` makes
    of the bound ``template``: held to ``check`` where there is one; a ``deferred`` one gives a function that reads.
    ``exact`` is a class whose own instances pass the check; where the port ``reads`` values, ``hold`` alone does all of
    it. ``sources`` are what the template's paths begin with, None for one that nothing has and that a default stands in
    for; of lines, where they begin.
    """

    parameter: str
    key: str
    get: Getter
    template: Template | None = None
    hold: Callable[[Getter], Getter] | None = None
    check: Callable[[Any], bool] | None = None
    exact: type | None = None
    deferred: bool = False
    reads: bool = False
    sources: tuple[Source | None, ...] = ()
    _by_path: dict[TemplatePath, Source | None] | None = field(default=None, init=False)

    def reading(self, template: Template) -> Feed:
        """The feed with another template, which reads no other paths."""
        assert self.hold is not None  # lines have no template
        return evolve(self, template=template, get=self.hold(template.bind(self.binder)))

    def source(self, path: TemplatePath) -> Source | None:
        """Return what the beginning of one of the template's paths stands for."""
        assert self.template is not None  # lines have no paths
        if self._by_path is None:
            self._by_path = dict(zip(self.template.paths, self.sources, strict=True))
        return self._by_path[path]

    def binder(self, path: TemplatePath) -> tuple[Getter, int]:
        """Binds templates that read paths of this one, as `Template.bind` asks for; raises UndefinedName."""
        source = self.source(path)
        if source is None:
            raise UndefinedName(path.text)
        return source.get, source.uses


class Inputs:
    """The inputs of a step, given when it is called with a scope: ``constants`` first, then ``feeds``.

    ``sparse`` tells that a feed may give `NOT_GIVEN`; where it is left out, those of lines are taken to.
    """

    __slots__ = ("_pairs", "constants", "feeds", "sparse")

    def __init__(self, constants: Mapping[str, Any], feeds: Sequence[Feed], *, sparse: bool | None = None) -> None:
        self.constants = dict(constants)
        self.feeds = tuple(feeds)
        self._pairs = [(feed.parameter, feed.get) for feed in self.feeds]
        self.sparse = any(feed.template is None for feed in self.feeds) if sparse is None else sparse

    @property
    def templated(self) -> bool:
        """Return whether a template is among the feeds."""
        return any(feed.template is not None for feed in self.feeds)

    def __call__(self, scope: Scope) -> dict[str, Any]:
        """Return the inputs by parameter, a variadic one as a list, a new dict at each call.

        Raises:
            UndefinedName: a template reads what does not exist in this run.
            BadInput: a value is not what its port takes, or an expression can't be computed.
        """
        values = self.constants.copy()
        for name, get in self._pairs:
            values[name] = get(scope)
        if self.sparse:
            return {name: value for name, value in values.items() if value is not NOT_GIVEN}
        return values


def inputs_of_values(parameters: Sequence[str], sources: Sequence[int], constants: Mapping[str, Any]) -> Inputs:
    """Return the inputs of a step that takes values of the steps ``sources`` one by one, and constants."""
    feeds = [Feed(name, name, _value_of(source)) for name, source in zip(parameters, sources, strict=False)]
    return Inputs(constants, feeds, sparse=False)


def inputs_of_list(parameter: str, sources: Sequence[int], constants: Mapping[str, Any]) -> Inputs:
    """Return the inputs of a step that takes values of the steps ``sources`` as one list, and constants."""
    feed = Feed(parameter, parameter, lambda scope: [scope.values[source] for source in sources])
    return Inputs(constants, [feed], sparse=False)


def _value_of(source: int) -> Getter:
    return lambda scope: scope.values[source]
