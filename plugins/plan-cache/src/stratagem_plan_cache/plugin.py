"""The plugin that a config names ``plan-cache``."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from time import time_ns
from typing import Any, ClassVar, Final

from attrs import field, frozen
from attrs.validators import ge

from stratagem import CacheControl, NotStorable, PlanRequest, Plugin, SpoiltImage, expand_home, reason_of
from stratagem_plan_cache.keys import files_of, key_of
from stratagem_plan_cache.shelf import Shelf

log = logging.getLogger("stratagem.plan-cache")

MEBIBYTE: Final = 2**20

TICK: Final = 10_000_000
"""Nanoseconds that the times of files may lie behind the clock."""


@frozen
class PlanCacheSettings:
    """``[settings.plan-cache]``: plans of at most ``max_bytes`` together are kept in ``folder``, the user's own cache
    folder where it is empty."""

    folder: str = ""
    max_bytes: int = field(default=256 * MEBIBYTE, validator=ge(1))


class PlanCachePlugin(Plugin):
    """Keeps the plans of files from process to process; what goes wrong with that is logged, and stops no run."""

    Settings: ClassVar[type[PlanCacheSettings]] = PlanCacheSettings

    def __init__(self, settings: PlanCacheSettings | None = None) -> None:
        super().__init__(settings)
        self._shelf: Shelf | None = None
        self._asked: tuple[PlanRequest, str, int] | None = None

    @property
    def shelf(self) -> Shelf:
        """Return where plans are kept."""
        if self._shelf is None:
            own: PlanCacheSettings = self.settings
            self._shelf = Shelf(expand_home(own.folder) if own.folder else _user_folder(), own.max_bytes)
        return self._shelf

    def caches(self) -> Iterable[CacheControl]:
        return (self.shelf,)

    def stored_image(self, request: PlanRequest) -> Mapping[str, Any] | None:
        self._asked = None
        key = None if _unknown_pass(request) else key_of(request)
        if key is None:
            return None
        try:
            entry = self.shelf.find(key)
            image = None if entry is None else _still_holds(entry, key)
        except SpoiltImage as error:
            log.warning("%s: a stored plan is not used: %s", request.path, error)
            self.shelf.drop(key)
            image = None
        except OSError as error:
            log.warning("stored plans can't be read from %s: %s", self.shelf.place, reason_of(error))
            image = None
        self._asked = (request, key, time_ns())
        return image

    def store_image(self, request: PlanRequest, image: Mapping[str, Any]) -> None:
        if self._asked is None or self._asked[0] is not request:
            return
        _, key, since = self._asked
        files = files_of(image)
        if key_of(request) != key or any(_changed_since(path, since) for path, _ in files):
            log.debug("%s: the plan is not stored: the file was changed while it was compiled", request.path)
            return
        try:
            self.shelf.keep(key, {"key": key, "files": files, "image": image})
        except NotStorable as error:
            log.debug("%s: the plan is not stored: %s", request.path, error)
        except OSError as error:
            log.warning("plans can't be stored in %s: %s", self.shelf.place, reason_of(error))


def _unknown_pass(request: PlanRequest) -> bool:
    """Return whether a pass was given from Python: what it was made with, nobody can tell."""
    found = [each for each in request.plugins if not each.distribution and hasattr(type(each), "compile")]
    if found:
        log.debug("%s: the plan is not stored: %s comes from no distribution", request.path, found[0].label)
    return bool(found)


def _changed_since(path: str, moment: int) -> bool:
    """Return whether a file may have been changed since, by the time that the file system keeps of it."""
    try:
        return os.stat(path).st_ctime_ns >= moment - TICK
    except OSError:
        return True


def _still_holds(entry: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    """The image, if it is that of the key and its subflows are what they were."""
    if entry.get("key") != key:
        raise SpoiltImage("it is kept under the name of another")
    try:
        image: Mapping[str, Any] = entry["image"]
        files = [(path, digest) for path, digest in entry["files"]]
        return image if files_of(image) == files else None
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise SpoiltImage(f"it is no plan ({type(error).__name__})") from error


def _user_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("stratagem", appauthor=False) / "plans"
