"""Planning: the plan of a file, from where plugins keep it, from a file of its own, or read and compiled now."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar

from attrs import frozen

from stratagem._compile.image_reader import plan_of
from stratagem._compile.image_writer import image_of
from stratagem._support.uncollected import uncollected
from stratagem.errors import BadFile, NotStorable, SpoiltImage
from stratagem.nodes.kinds import Kinds, kinds_of
from stratagem.planfacts import steps_in
from stratagem.plugins.base import ImageFiles, PlanRequest, Plugin
from stratagem.plugins.discovery import IMAGE

if TYPE_CHECKING:
    from stratagem.config.model import Config
    from stratagem.model import Workflow
    from stratagem.nodes.catalog import Catalog
    from stratagem.plan import Plan
    from stratagem.plugins.discovery import Installed

log = logging.getLogger("stratagem.kernel")


class Host(Protocol):
    """A kernel, see `stratagem.Kernel`."""

    config: Config
    catalog: Catalog
    plugins: tuple[Plugin, ...]

    @property
    def installed(self) -> Installed | None: ...

    def load(self, path: str, format: str | None = None) -> Workflow: ...

    def fitted(self, workflow: Workflow) -> Self: ...

    def fitted_to(self, kinds: Callable[[], Kinds]) -> Self: ...

    def compile(self, workflow: Workflow, variables: Mapping[str, Any] | None = None) -> Plan: ...


K = TypeVar("K", bound=Host)


@frozen
class Planned(Generic[K]):
    """A plan, and the kernel to run it in: with drivers for what it needs."""

    kernel: K
    """Where to run it."""
    plan: Plan
    """The plan."""
    declared: frozenset[str]
    """The variables that the file itself declares."""


def planned(kernel: K, path: str, variables: Iterable[str], format: str | None) -> Planned[K]:
    """Return the plan of a file; raises as `Kernel.planned`."""
    files = _files_for(kernel, path)
    if files is not None:
        return _of_file(kernel, path, files)
    request = _request(kernel, path, variables, format)
    image = next((found for plugin in kernel.plugins if (found := plugin.stored_image(request)) is not None), None)
    if image is not None:
        try:
            return _of_image(kernel, image)
        except SpoiltImage as error:
            log.warning("%s: the stored plan is not used: %s", path, error)
    return _compiled(kernel, request)


def image_for(kernel: Host, path: str, variables: Iterable[str], format: str | None) -> Mapping[str, Any]:
    """Return the image of a file's plan, compiled now; raises as `Kernel.image`."""
    made = _loaded(kernel, _request(kernel, path, variables, format))
    return _image(*made)


def _request(kernel: Host, path: str, variables: Iterable[str], format: str | None) -> PlanRequest:
    offers = kernel.installed.packages() if kernel.installed is not None else frozenset[tuple[str, str]]()
    return PlanRequest(path, format, frozenset(variables), kernel.config, kernel.plugins, offers)


def _compiled(kernel: K, request: PlanRequest) -> Planned[K]:
    made, kinds = _loaded(kernel, request)
    keepers = [plugin for plugin in kernel.plugins if type(plugin).store_image is not Plugin.store_image]
    if keepers:
        try:
            _require_distributions(made.plan)
            image = _image(made, kinds)
        except NotStorable as error:
            log.debug("%s: the plan is not stored: %s", request.path, error)
        else:
            for plugin in keepers:
                plugin.store_image(request, image)
    return made


def _require_distributions(plan: Plan) -> None:
    """Raises NotStorable for node types without a distribution: nobody can tell whether they are the same next time."""
    for step in steps_in(plan):
        if not step.spec.distribution and not step.node.disabled:
            raise NotStorable(f"the node type {step.node.type} comes from no distribution")


def _loaded(kernel: K, request: PlanRequest) -> tuple[Planned[K], Kinds]:
    workflow = kernel.load(request.path, request.format)
    fitted = kernel.fitted(workflow)
    plan = fitted.compile(workflow, dict.fromkeys(request.variables))
    return Planned(fitted, plan, frozenset(workflow.variables)), kinds_of(workflow, kernel.catalog)


def _image(made: Planned[Any], kinds: Kinds) -> Mapping[str, Any]:
    told = {"declared": sorted(made.declared), "kinds": [dict(kinds.needed), dict(kinds.optional)]}
    return {**image_of(made.plan), **told}


def _of_image(kernel: K, image: Mapping[str, Any]) -> Planned[K]:
    try:
        declared, kinds = frozenset(image["declared"]), Kinds(*[dict(part) for part in image["kinds"]])
    except (LookupError, TypeError, ValueError) as error:
        raise SpoiltImage(f"it is no plan ({type(error).__name__})") from error
    fitted = kernel.fitted_to(lambda: kinds)
    with uncollected():
        return Planned(fitted, plan_of(image, fitted.catalog), declared)


def _files_for(kernel: Host, path: str) -> ImageFiles | None:
    """What reads the file, if its suffix is one of plans."""
    installed, suffix = kernel.installed, Path(path).suffix.removeprefix(".").lower()
    if installed is None or suffix not in installed.names(IMAGE):
        return None
    offered: Callable[[], ImageFiles] = installed.load(IMAGE, suffix)
    return offered()


def _of_file(kernel: K, path: str, files: ImageFiles) -> Planned[K]:
    try:
        return _of_image(kernel, files.read(path))
    except SpoiltImage as error:
        hint = "Compile the workflow again: stratagem compile FILE -o " + path
        raise BadFile(f"the plan can't be used here: {error}", file=path, hint=hint) from error
