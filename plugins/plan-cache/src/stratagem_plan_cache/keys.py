"""Keys: what a plan was made from, known before it is compiled."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from attrs import fields, has

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
        yield f"{plugin.label} {type(plugin).__module__}.{type(plugin).__qualname__} {plugin.kinds!r} {_told(plugin.settings)}"
    for provider, package in sorted(request.offers):
        yield f"{provider} {package} {_changed(package)}"


def _told(value: Any) -> str:
    """A value as text; of attrs classes all fields, also those that their ``repr`` leaves out."""
    if has(type(value)):
        inner = ", ".join(f"{each.name}={_told(getattr(value, each.name))}" for each in fields(type(value)))
        return f"{type(value).__qualname__}({inner})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key!r}: {_told(item)}' for key, item in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_told, value))}]"
    return repr(value)


def _changed(package: str) -> str:
    """What the files of a package that is being worked on look like; empty for one that an installer has copied.

    The version of such a package stays the same while its code changes.
    """
    spec = find_spec(package)  # of a name without a dot, so nothing is imported
    origin = spec.origin if spec is not None else None
    if origin is None or {"site-packages", "dist-packages"} & {*Path(origin).parts}:
        return ""
    folder = Path(origin).parent
    looks = _looks(folder) if (folder / "__init__.py").exists() else _look(origin)
    found = hashlib.blake2b(digest_size=16)
    for look in sorted(looks):
        found.update(repr(look).encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def _looks(folder: Path) -> Iterator[tuple[str, int, int]]:
    """The path, the size and the time of last change of each source; links that lead nowhere are none."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            if name.endswith(".py"):
                yield from _look(os.path.join(place, name))


def _look(path: str) -> Iterator[tuple[str, int, int]]:
    with suppress(OSError):  # gone meanwhile, or a link of an editor that leads nowhere
        told = os.stat(path)
        yield path, told.st_size, told.st_mtime_ns
