"""``stratagem new plugin`` and ``new pack``: a small working distribution to start from."""

import re
from argparse import Namespace
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from stratagem import BadValue, ConfigError, __version__
from stratagem_cli.console import Console

OURS = (
    *(
        "browser",
        "casare",
        "cli",
        "compiled",
        "dag",
        "kernel",
        "node-cache",
        "plan-cache",
        "otel",
        "pools",
        "report",
        "std",
        "testing",
    ),
    *("variable-cache", "web", "wfcommons"),
)
"""Names that are taken: those of Stratagem's own distributions."""

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def plugin(arguments: Namespace, console: Console) -> int:
    """Writes a distribution with a plugin that answers the chosen hook."""
    return _write(arguments, console, arguments.hook)


def pack(arguments: Namespace, console: Console) -> int:
    """Writes a distribution with a pack of one node type, and a workflow that uses it."""
    return _write(arguments, console, "pack")


def _write(arguments: Namespace, console: Console, kind: str) -> int:
    words = _words(arguments.name)
    skeleton: Mapping[str, str] = import_module(f"stratagem_cli.skeletons.{kind}").FILES
    folder = Path(arguments.folder or words["DISTRIBUTION"])
    _require_free(folder)
    for path, text in skeleton.items():
        file = folder / _filled(path, words)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_filled(text, words), "utf-8")
        console.print(f"wrote {file}")
    console.print(f"Next: pip install -e '{folder}[test]' && pytest {folder}")
    return 0


def _words(name: str) -> dict[str, str]:
    """Return what is put in place of the words in capitals between percent signs."""
    short = name.removeprefix("stratagem-")
    if not _NAME.fullmatch(short):
        raise BadValue(f"expected a name for a distribution, got {name!r}", hint="Use lower-case words joined by '-'.")
    if short in OURS:
        what = f"expected a name that is free, got {name!r}: stratagem-{short} is one of Stratagem's own distributions"
        raise BadValue(what, hint="Choose another name.")
    major, minor = __version__.split(".")[:2]
    bounds = f">={major}.{minor},<{major}.{int(minor) + 1}"
    return {
        "NAME": short,
        "DISTRIBUTION": f"stratagem-{short}",
        "MODULE": short.replace("-", "_"),
        "PACKAGE": f"stratagem_{short.replace('-', '_')}",
        "CLASS": "".join(word.capitalize() for word in short.split("-")),
        "SUPPORTED": f"stratagem-kernel{bounds}",
        "TESTING": f"stratagem-testing{bounds}",
        "POOLS": f"stratagem-pools{bounds}",
    }


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"%{word}%", value)
    return text


def _require_free(folder: Path) -> None:
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise ConfigError(
            "this exists already, and nothing is overwritten", file=str(folder), hint="Name another folder."
        )
