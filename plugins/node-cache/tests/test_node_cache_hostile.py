"""Stores that were spoilt: begun anew with one warning, or left alone; no call raises or hangs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from time import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostile import error_of
from hypothesis_profiles import examples
from mutations import Mutator
from stratagem import BadValue
from stratagem_node_cache.plugin import NodeCachePlugin, NodeCacheSettings
from stratagem_node_cache.store import Row, Store
from stratagem_node_cache.text import from_text, to_text

COLUMNS = {
    "results": ("type", "text", "made", "seconds", "used", "size", "sum"),
    "total": ("size", "entries"),
}
VALUES = (None, "x", b"\xff", 2**62, -1, 1e400, 0, "", "[" * 4_000)


def filled(file: Path) -> bytes:
    store = Store(file, 3_000)
    for number in range(12):
        store.put(b"k%d" % number, "s.x", Row(to_text({"a": [1, (2,)], "b": number}), time(), 0.5))
    store.close()
    return file.read_bytes()


def use(file: Path) -> None:
    store = Store(file, 3_000)
    for key in (b"k11", b"k3", b"none"):
        store.get(key)
    store.put(b"new", "s.x", Row('"x"' * 200, time(), 0.1))
    store.stats()
    store.clear()
    store.close()


@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(100))
def test_a_mutated_store_is_used_or_begun_anew(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whether its bytes were changed or what its tables say."""
    mutator = Mutator(seed)
    folder = tmp_path_factory.mktemp("store")
    raw = filled(folder / "s.db")
    if mutator.random.random() < 0.5:
        (folder / "s.db").write_bytes(mutator.raw(raw))
    else:
        table = mutator.random.choice(list(COLUMNS))
        change(folder / "s.db", table, mutator.random.choice(COLUMNS[table]), mutator.random.choice(VALUES))
    assert error_of(lambda: use(folder / "s.db")) is None


def change(file: Path, table: str, column: str, value: Any) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    with closing(connection), suppress(sqlite3.IntegrityError):  # which the tables themselves refuse
        connection.execute(f"UPDATE {table} SET {column} = ?", (value,))


def test_totals_that_are_wrong_end_no_loop(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Room that can't be made is not looked for again and again."""
    filled(tmp_path / "s.db")
    change(tmp_path / "s.db", "total", "size", 2**62)
    assert error_of(lambda: use(tmp_path / "s.db")) is None
    assert [one.getMessage() for one in caplog.records if "begun anew" in one.getMessage()]


@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(200))
def test_the_text_of_a_result_is_read_or_refused(seed: int) -> None:
    """With a ValueError, as its reader expects."""
    raw = to_text({"a": [1, (2,), {3}, b"x", 1.5], "b": {1: 2}}).encode()

    def read() -> None:
        with suppress(ValueError):
            from_text(Mutator(seed).raw(raw).decode("utf-8", "replace"))

    assert error_of(read) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_what_is_no_regular_file_is_left_where_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A store is neither read from a pipe nor put in the place of one."""
    os.mkfifo(tmp_path / "pipe")
    assert error_of(lambda: use(tmp_path / "pipe")) is None
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
    assert "is no regular file" in caplog.text


def test_a_store_in_an_unknown_home_is_a_bad_value() -> None:
    """With its key."""
    with pytest.raises(BadValue) as caught:
        NodeCachePlugin(NodeCacheSettings(store="~nobody-of-this-name/results"))
    assert caught.value.key == "settings.node-cache.store"
