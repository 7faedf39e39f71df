"""Files that nobody in this project wrote. They lie beside the checkout, and are absent elsewhere."""

from __future__ import annotations

from pathlib import Path

from repository import ROOT

CORPORA = ROOT.parent / "shared" / "corpora"
PEERS = ROOT.parent / "shared" / "peers"
ABSENT = "the corpora are not at hand: they lie beside the checkout and are no part of the repository"


def instances() -> list[Path]:
    """The recorded scientific workflows; none where they are absent."""
    return sorted((CORPORA / "wfinstances").glob("*.json"))


def casare_files() -> list[Path]:
    """The flows and templates of CasareRPA; none where they are absent."""
    return sorted(path for folder in ("flows", "templates") for path in (CORPORA / "casare" / folder).glob("*.json"))
