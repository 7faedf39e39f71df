"""Requirements on distributions: of a config, and of plugins on the kernel that is to load them."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from stratagem.errors import PluginIncompatible

if TYPE_CHECKING:
    from packaging.requirements import Requirement

KERNEL = "stratagem-kernel"
"""The distribution that the kernel is in."""

_NAME = KERNEL.replace("-", "[-_.]+")

_ON_KERNEL = re.compile(rf"{_NAME}\s*(?:\[[^]]*\])?\s*(?![\w.-])", re.IGNORECASE)

_RELEASE = re.compile(r"\d{1,9}(?:\.\d{1,9})*", re.ASCII)
_BOUND = re.compile(rf"(>=|<=|<|>)\s*({_RELEASE.pattern})", re.ASCII)
_BOUNDS = re.compile(rf"{_NAME}\s*\(?\s*((?:{_BOUND.pattern}\s*,?\s*)+)\)?\s*", re.ASCII | re.IGNORECASE)
_COMPARED = {">=": operator.ge, "<=": operator.le, "<": operator.lt, ">": operator.gt}


class Distributions(Protocol):
    """The installed distributions, as far as requirements go."""

    def version(self, distribution: str) -> str | None:
        """The installed version of a distribution, or None."""

    def requirements(self, distribution: str) -> list[str]:
        """The requirements of an installed distribution itself."""


def unmet(text: str, installed: Distributions) -> str | None:
    """Return why the requirement is not met, or None; raises ValueError if it is no requirement."""
    # packaging is imported here because most commands and most configs have nothing to check
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise ValueError(str(error).splitlines()[0]) from error
    if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
        return None
    version = installed.version(requirement.name)
    if version is None:
        return f"{requirement.name} is required and not installed"
    if _allows(requirement, version):
        return None
    return f"{requirement.name} {requirement.specifier} is required, and {version} is installed"


def _allows(requirement: Requirement, version: str) -> bool:
    """Return whether an installed version will do; one that is no version never does."""
    from packaging.version import InvalidVersion

    try:
        return requirement.specifier.contains(version, prereleases=True)
    except InvalidVersion:
        return False


def has_extra(distribution: str, extra: str, installed: Distributions) -> bool:
    """Return whether all is installed that an extra of a distribution brings; one that brings nothing is unknown."""
    found = list(_readable(installed.requirements(distribution)))
    own = [each for each in found if each.marker and not each.marker.evaluate({"extra": ""})]
    brought = [each for each in own if each.marker and each.marker.evaluate({"extra": extra})]
    return bool(brought) and all(_is_there(each, installed) for each in brought)


def _readable(texts: Iterable[str]) -> Iterator[Requirement]:
    from packaging.requirements import InvalidRequirement, Requirement

    for text in texts:
        try:
            yield Requirement(text)
        except InvalidRequirement:
            continue  # it says nothing of any extra; ``stratagem plugins doctor`` tells of it


def _is_there(requirement: Requirement, installed: Distributions) -> bool:
    version = installed.version(requirement.name)
    return version is not None and _allows(requirement, version)


def require_kernel(distribution: str, provider: str, installed: Distributions) -> None:
    """Refuses what a distribution offers if it was made for another version of the kernel.

    Raises:
        PluginIncompatible: it was; or what it says of the kernel can't be read.
    """
    if installed.version(KERNEL) is None:
        return  # a kernel that runs from its sources has no version to compare
    for text in installed.requirements(distribution):
        if not is_on_kernel(text) or _is_plainly_met(text, installed.version(KERNEL) or ""):
            continue
        try:
            what = unmet(text, installed)
        except ValueError as error:
            what = f"its requirement {text!r} can't be read: {error}"
        if what:
            hint = f"Install a version of {distribution} for this one, or the one that it is for."
            raise PluginIncompatible(what, provider=provider, hint=hint)


def is_on_kernel(text: str) -> bool:
    """Return whether a requirement is one on the kernel, and says which versions will do."""
    found = _ON_KERNEL.match(text)
    return found is not None and found.end() < len(text)


def _is_plainly_met(text: str, version: str) -> bool:
    """Return whether bounds of plain releases hold: nearly all there are, and packaging takes long to import."""
    clauses = _BOUNDS.fullmatch(text)
    if clauses is None or not _RELEASE.fullmatch(version):
        return False
    bounds = _BOUND.findall(clauses[1])
    return all(_COMPARED[sign](_release(version), _release(bound)) for sign, bound in bounds)


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.sub(r"(\.0+)+$", "", version).split("."))
