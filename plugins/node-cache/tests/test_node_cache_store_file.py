"""The file of the store: its size, its owner, and what becomes of one that can't be used."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stratagem_node_cache.store import FRESHNESS, Row, Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "deep" / "results.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A store of its own for each test."""
    store = Store(path, 10_000)
    yield store
    store.close()


def key(number: int) -> bytes:
    """A key."""
    return number.to_bytes(20, "big")


def row(text: str = '"x"') -> Row:
    """A result."""
    return Row(text, 5.0, 0.5)


def test_what_was_put_is_got(store: Store) -> None:
    """By its key, as it was; the last one counts."""
    assert store.get(key(1)) is None
    store.put(key(1), "a.b@1", row())
    store.put(key(1), "a.b@1", row('"y"'))
    assert store.get(key(1)) == row('"y"')
    assert store.stats() == {"entries": 1, "bytes": 23, "types": {"a.b@1": 1}}


def test_only_its_owner_may_read_it(store: Store) -> None:
    """Results may be confidential without being secret."""
    store.put(key(1), "a.b@1", row())
    for file in store.path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_least_recently_used_make_room(store: Store) -> None:
    """When the size is reached; what is larger than all of it is not stored."""
    now = 0.0
    store.clock = lambda: now
    for number in range(30):
        now += 2 * FRESHNESS
        store.put(key(number), "a.b@1", row("x" * 380))
        assert store.get(key(0)) is not None
        assert store.stats()["bytes"] <= 10_000
    assert store.get(key(29)) is not None
    assert store.get(key(1)) is None
    store.put(key(99), "a.b@1", row("x" * 10_000))
    assert store.get(key(99)) is None
    assert store.get(key(29)) is not None


def test_it_can_be_emptied(store: Store) -> None:
    """And used again; one that was never made is left unmade."""
    assert (store.clear(), store.stats()["entries"], store.path.exists()) == (0, 0, False)
    for number in range(5):
        store.put(key(number), "a.b@1", row())
    assert (store.clear(), store.stats()) == (5, {"entries": 0, "bytes": 0, "types": {}})
    store.put(key(1), "a.b@1", row())
    assert store.get(key(1)) == row()


def spoil_header(path: Path) -> None:
    """No SQLite file any more."""
    path.write_bytes(b"this is no database" * 100)


def spoil_pages(path: Path) -> None:
    """The tables can't be read."""
    content = bytearray(path.read_bytes())
    content[1024:] = b"\xff" * (len(content) - 1024)
    path.write_bytes(content)


def spoil_version(path: Path) -> None:
    """Of another release."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 7")
    connection.close()


def spoil_text(path: Path) -> None:
    """A result has changed."""
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("""UPDATE results SET text = '"y"'""")
    connection.close()


@pytest.mark.parametrize("spoil", [spoil_header, spoil_pages, spoil_version, spoil_text])
def test_a_file_that_can_not_be_read_is_set_aside(path: Path, spoil: Any, caplog: pytest.LogCaptureFixture) -> None:
    """It is a miss with one warning, and a new file takes its place."""
    first = Store(path, 10_000)
    for number in range(20):
        first.put(key(number), "a.b@1", row())
    first.close()
    spoil(path)
    store = Store(path, 10_000)
    assert store.get(key(1)) is None
    assert store.get(key(1)) is None
    store.put(key(1), "a.b@1", row())
    assert store.get(key(1)) == row()
    store.close()
    assert path.with_name("results.sqlite.unreadable").exists()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "is begun anew" in caplog.text


def test_a_file_that_another_process_has_replaced_is_left_alone(path: Path) -> None:
    """Who finds the old one unreadable does not set the new one aside."""
    store, other = Store(path, 10_000), Store(path, 10_000)
    store.put(key(1), "a.b@1", row())
    path.rename(path.with_name("old"))
    other.put(key(2), "a.b@1", row())
    store._set_aside(sqlite3.DatabaseError("unreadable"))
    assert store.get(key(2)) == row()
    store.close()
    other.close()


@pytest.mark.parametrize("how", ["folder", "locked", "device"])
def test_a_store_that_can_not_be_used_is_done_without(
    path: Path, how: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is found or stored, and one warning says why."""
    monkeypatch.setattr("stratagem_node_cache.store.PATIENCE", 0.01)
    path.parent.mkdir()
    blocker = None
    if how == "folder":
        path.mkdir()
    elif how == "device":
        path.symlink_to(os.devnull)
    else:
        Store(path, 10).stats()
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("BEGIN EXCLUSIVE")
    store = Store(path, 10_000)
    for _ in range(2):
        store.put(key(1), "a.b@1", row())
        assert store.get(key(1)) is None
    store.close()
    if blocker is not None:
        blocker.close()
    assert len(caplog.records) == 1
    assert "can't be used" in caplog.text


PROGRAM = """
import sys
from pathlib import Path
from stratagem_node_cache.store import Row, Store
store = Store(Path(sys.argv[1]), 20_000)
own = int(sys.argv[2])
found = 0
for number in range(200):
    key = ((number * 7 + own) % 120).to_bytes(20, "big")
    text = '"' + "x" * ((number * 7 + own) % 120) + '"'
    row = store.get(key)
    if row is None:
        store.put(key, f"type{own}@1", Row(text, 1.0, 0.1))
    else:
        assert row.text == text, (row.text, text)
        found += 1
store.close()
print(found)
"""


def test_several_processes_use_one_store(path: Path) -> None:
    """They begin it at once, find what the others have stored, and nothing is lost, spoilt or told of."""
    command = [sys.executable, "-W", "error", "-c", PROGRAM, str(path)]
    processes = [
        subprocess.Popen(
            [*command, str(own)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
        )
        for own in range(4)
    ]
    told = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, told
    assert [errors for _, errors in told] == [""] * 4
    assert all(int(found) > 0 for found, _ in told)
    store = Store(path, 20_000)
    stats = store.stats()
    store.close()
    assert 0 < stats["entries"] <= 120
    assert stats["entries"] == sum(stats["types"].values())
    assert stats["bytes"] <= 20_000
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    sizes = connection.execute("SELECT SUM(size), COUNT(*) FROM results").fetchone()
    assert connection.execute("SELECT size, entries FROM total").fetchone() == sizes
    connection.close()
