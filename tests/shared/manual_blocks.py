"""The pages of the manual – README.md and docs/ – and the code blocks in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from repository import ROOT

DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.glob("*.md")))
"""Every page whose code is run."""

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"(?:#|//) file: (\S+)\n")


@frozen
class Block:
    """One code block: ``file`` is the name that its first line gives it, ``line`` where its text begins on the page."""

    page: Path
    line: int
    language: str
    text: str
    file: str | None = None

    @property
    def place(self) -> str:
        """Return where it is, for messages."""
        return f"{self.page.name}:{self.line}"


@frozen
class Command:
    """A line of a console block after ``$``, and the lines that it must print."""

    line: str
    output: tuple[str, ...]


def blocks_of(page: Path) -> list[Block]:
    """The blocks of a page, top to bottom."""
    text = page.read_text("utf-8")
    return [_block(page, text, match) for match in _FENCE.finditer(text)]


def _block(page: Path, text: str, match: re.Match[str]) -> Block:
    language, code = match.groups()
    line = text.count("\n", 0, match.start()) + 2
    named = _FILE.match(code)
    if named is not None and language == "json":  # which has no comments
        line, code = line + 1, code[named.end() :]
    return Block(page, line, language, code, named[1] if named else None)


def commands_of(block: Block) -> Iterator[Command]:
    """The commands of a console block; a line that ends in a backslash goes on in the next one."""
    chunks = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    if chunks[0].strip():
        raise ValueError(f"{block.place}: a console block begins with a command")
    for chunk in chunks[1:]:
        line, _, output = chunk.replace("\\\n", "").partition("\n")
        yield Command(line, tuple(output.rstrip().splitlines()))
