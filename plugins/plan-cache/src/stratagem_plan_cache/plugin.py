"""The plugin that a config names ``plan-cache``."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from attrs import field, frozen
from attrs.validators import ge

from stratagem import CacheControl, NotStorable, PlanRequest, Plugin, SpoiltImage, expand_home, reason_of
from stratagem_plan_cache.keys import files_of, key_of
from stratagem_plan_cache.shelf import Shelf

log = logging.getLogger("stratagem.plan-cache")

MEBIBYTE: Final = 2**20


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
        key = key_of(request)
        if key is None:
            return None
        try:
            entry = self.shelf.find(key)
            return None if entry is None else _still_holds(entry, key)
        except SpoiltImage as error:
            log.warning("%s: a stored plan is not used: %s", request.path, error)
            self.shelf.drop(key)
        except OSError as error:
            log.warning("stored plans can't be read from %s: %s", self.shelf.place, reason_of(error))
        return None

    def store_image(self, request: PlanRequest, image: Mapping[str, Any]) -> None:
        key = key_of(request)
        if key is None:
            return
        try:
            self.shelf.keep(key, {"key": key, "files": files_of(image), "image": image})
        except NotStorable as error:
            log.debug("%s: the plan is not stored: %s", request.path, error)
        except OSError as error:
            log.warning("plans can't be stored in %s: %s", self.shelf.place, reason_of(error))


def _still_holds(entry: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    """The image, if it is that of the key and its subflows are what they were."""
    if entry.get("key") != key:
        raise SpoiltImage("it is kept under the name of another")
    image: Mapping[str, Any] = entry["image"]
    return image if files_of(image) == [(path, digest) for path, digest in entry["files"]] else None


def _user_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("stratagem", appauthor=False) / "plans"
