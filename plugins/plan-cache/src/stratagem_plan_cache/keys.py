"""Keys: what a plan was made from, known before it is compiled."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from stratagem import PlanRequest, Plugin, __version__


def key_of(request: PlanRequest) -> str | None:
    """The key of the plan of a file, as hexadecimal text; None where the file can't be read, which compiling tells of.

    It covers the file's path and bytes, the names of given variables, the config, the plugins in use with versions and
    settings, every distribution that offers something, Python and Stratagem. Subflows are looked at by `files_of`.
    """
    content = digest_of(request.path)
    if content is None:
        return None
    found = hashlib.blake2b(digest_size=32)
    for part in (*_surroundings(), *_request(request), content):
        found.update(f"{len(part)}:{part};".encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def files_of(image: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """The files of the subflows in an image, with their digests."""
    sources = [plan["graph"]["source"] for plan in image["plans"][:-1]]
    return [(source, digest_of(source)) for source in dict.fromkeys(filter(None, sources))]


def digest_of(path: str) -> str | None:
    """The digest of a file's bytes; None if it can't be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


def _surroundings() -> Iterator[str]:
    yield __version__
    yield sys.implementation.cache_tag or sys.version


def _request(request: PlanRequest) -> Iterator[str]:
    config = request.config
    yield request.path
    yield os.path.realpath(request.path)
    yield request.format or ""
    yield repr(sorted(request.variables))
    yield repr((config.strategy, config.packs, config.run.temporary, sorted(config.resources.items())))
    for plugin in request.plugins:
        if type(plugin).stored_image is not Plugin.stored_image:
            continue  # who keeps plans does not make them: where, and how many, is all the same
        yield f"{plugin.label} {type(plugin).__module__}.{type(plugin).__qualname__} {plugin.kinds!r} {plugin.settings!r}"
    for provider, package in sorted(request.offers):
        yield f"{provider} {package} {_changed(package)}"


def _changed(package: str) -> int:
    """When a package that is being worked on was changed last, in nanoseconds; 0 for one that an installer has copied.

    The version of such a package stays the same while its code changes.
    """
    spec = find_spec(package)  # of a name without a dot, so nothing is imported
    origin = spec.origin if spec is not None else None
    if origin is None or {"site-packages", "dist-packages"} & {*Path(origin).parts}:
        return 0
    folder = Path(origin).parent
    return max(_times(folder)) if (folder / "__init__.py").exists() else _time(origin)


def _times(folder: str | Path) -> Iterable[int]:
    yield 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir() and entry.name != "__pycache__":
                yield from _times(entry.path)
            elif entry.name.endswith(".py"):
                yield entry.stat().st_mtime_ns


def _time(path: str) -> int:
    return os.stat(path).st_mtime_ns
