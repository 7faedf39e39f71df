"""Files of a flow: paths from its folder, and where a copied or moved file goes."""

from pathlib import Path
from typing import Any

from stratagem import Context, atomic
from stratagem_casare import coerce
from stratagem_std.paths import resolved


def path_of(context: Context, *given: Any) -> Path:
    """The first path that is given, from the flow's folder. Raises ValueError if none is."""
    return resolved(next((named for value in given if (named := coerce.text(value))), ""), context)


def existing(path: Path) -> Path:
    """The path itself; raises FileNotFoundError if nothing is there."""
    if not path.exists():
        raise FileNotFoundError(f"there is no {path}")
    return path


def write_whole(path: Path, content: bytes, *, create_dirs: bool = True) -> int:
    """Writes a file so that it is never seen half-written; returns the bytes written."""
    if create_dirs:
        path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(path, content)
    return len(content)


def target_of(source: Path, target: Path) -> Path:
    """Return where a copied or moved file goes: into ``target`` if that is a folder."""
    return target / source.name if target.is_dir() else target
