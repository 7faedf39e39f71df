"""Files of a flow: paths from its folder, writes that are whole or not at all."""

from pathlib import Path
from typing import Any

from stratagem.nodes import Context
from stratagem_casare import coerce
from stratagem_std.atomic import write_bytes


def path_of(context: Context, *given: Any) -> Path:
    """The first path that is given, from the flow's folder. Raises ValueError if none is."""
    for value in given:
        if named := coerce.text(value):
            return context.directory / named
    raise ValueError("Path is required")


def existing(path: Path) -> Path:
    """The path itself; raises FileNotFoundError if nothing is there."""
    if not path.exists():
        raise FileNotFoundError(f"File not found: {path.name}")
    return path


def write_whole(path: Path, content: bytes, *, create_dirs: bool = True) -> int:
    """Writes a file so that it is never seen half-written; returns the bytes written."""
    if create_dirs:
        path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, content)
    return len(content)


def target_of(source: Path, target: Path, *, overwrite: bool, create_dirs: bool) -> Path:
    """Where a copied or moved file goes: into ``target`` if that is a folder. Raises FileExistsError."""
    existing(source)
    found = target / source.name if target.is_dir() else target
    if found.exists() and not overwrite:
        raise FileExistsError(f"Destination already exists: {found.name}")
    if create_dirs:
        found.parent.mkdir(parents=True, exist_ok=True)
    return found
