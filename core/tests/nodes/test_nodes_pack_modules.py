"""Packs that list modules: each is imported when one of its nodes is asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stratagem import Pack

TEXT = """
from stratagem import Pack

pack = Pack("lazy", modules={"lazy_one": ("one",), "lazy_two": ("two", "gone")})
"""
NODES = """
from lazy_pack import pack


@pack.node(effect="pure")
def {0}() -> str:
    \"\"\"Gives a text.\"\"\"
    return "{0}"
"""


@pytest.fixture
def lazy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pack:
    """A pack of two modules, which nobody has imported."""
    for name, text in {"lazy_pack": TEXT, "lazy_one": NODES.format("one"), "lazy_two": NODES.format("two")}.items():
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    from lazy_pack import pack  # type: ignore[import-not-found]  # made here

    assert isinstance(pack, Pack)
    return pack


def test_names_need_no_import(lazy: Pack) -> None:
    """They are listed."""
    assert lazy.names() == ["one", "two", "gone"]
    assert "lazy_one" not in sys.modules


def test_a_node_is_imported_when_it_is_asked_for(lazy: Pack) -> None:
    """With its module, and no other."""
    assert lazy.versions("one") == [1]
    assert lazy.spec("one", 1).handler() == "one"
    assert "lazy_two" not in sys.modules


def test_who_provides_a_pack_is_told_by_its_nodes(lazy: Pack) -> None:
    """Though they come later."""
    pack = lazy.provided_by("dist 1.0")
    assert pack.spec("two", 1).distribution == "dist 1.0"
    assert pack.spec("two", 1) is pack.spec("two", 1)
    assert lazy.spec("two", 1).distribution == ""


def test_a_provided_pack_takes_nodes_of_its_own(lazy: Pack) -> None:
    """Beside those of the pack that it stands for."""
    pack = lazy.provided_by("dist 1.0")

    @pack.node(effect="pure")
    def more() -> int:
        """Gives a number."""
        return 1

    assert pack.names() == ["one", "two", "gone", "more"]
    assert (pack.versions("more"), lazy.versions("more")) == ([1], [])
    assert pack.spec("more", 1).handler() == 1


def test_a_name_that_its_module_does_not_register_is_no_node(lazy: Pack) -> None:
    """The list is not believed."""
    assert lazy.versions("gone") == []
