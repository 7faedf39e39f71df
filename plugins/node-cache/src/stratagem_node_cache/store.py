"""Results on disk: one SQLite file in WAL mode, which several processes may use at once.

Nothing that is wrong with it ends a run: what can't be read is not there, and what can't be written is left out. The
first time of each sort is logged.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from time import time
from typing import Any, Final, TypeVar

from attrs import define, field, frozen

from stratagem import is_stream

log = logging.getLogger("stratagem.node-cache")

T = TypeVar("T")

VERSION: Final = 1
"""Of the tables below, as SQLite's ``user_version``; a file of another version is set aside."""

PATIENCE: Final = 5.0
"""Seconds that a process waits for another one to end its writing."""

FRESHNESS: Final = 60.0
"""An entry's last use is noted again after so many seconds: exact to that, hits need no writing."""

SCHEMA: Final = """
    CREATE TABLE results (
        key BLOB PRIMARY KEY, type TEXT NOT NULL, text TEXT NOT NULL, made REAL NOT NULL, seconds REAL NOT NULL,
        used REAL NOT NULL, size INTEGER NOT NULL, sum BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX by_use ON results (used);
    CREATE TABLE total (size INTEGER NOT NULL, entries INTEGER NOT NULL);
    INSERT INTO total VALUES (0, 0);
    CREATE TRIGGER more AFTER INSERT ON results
        BEGIN UPDATE total SET size = size + new.size, entries = entries + 1; END;
    CREATE TRIGGER less AFTER DELETE ON results
        BEGIN UPDATE total SET size = size - old.size, entries = entries - 1; END;
"""


@frozen
class Row:
    """A stored result: its text, when it was made (seconds since 1970), and how long that took."""

    text: str
    made: float
    seconds: float


@define(eq=False)
class Store:
    """The file at ``path``, of at most ``max_bytes`` bytes of keys and texts; safe to call from any thread.

    Every call may wait for the disk, or for other processes.
    """

    path: Path
    max_bytes: int
    clock: Callable[[], float] = time
    _connection: sqlite3.Connection | None = None
    _inode: int = 0
    _lock: threading.Lock = field(factory=threading.Lock)
    _told: set[str] = field(factory=set)

    def get(self, key: bytes) -> Row | None:
        """The result, or None if there is none that can be read."""
        return self._attempt(lambda connection: self._get(connection, key), None)

    def put(self, key: bytes, type_: str, row: Row) -> None:
        """Stores a result in place of an older one, and deletes those used least recently where there is no room."""
        self._attempt(lambda connection: self._put(connection, key, type_, row), None)

    def stats(self) -> dict[str, Any]:
        """Return how many results there are, of which node types, and the bytes that they take."""
        if not self.path.exists():
            return {"entries": 0, "bytes": 0, "types": {}}
        return self._attempt(_stats, {"entries": 0, "bytes": 0, "types": {}})

    def clear(self) -> int:
        """Deletes all results; gives how many that were."""
        return self._attempt(_clear, 0) if self.path.exists() else 0

    def close(self) -> None:
        """Closes the file; the next call opens it again."""
        with self._lock:
            self._close()

    def _get(self, connection: sqlite3.Connection, key: bytes) -> Row | None:
        found = connection.execute(
            "SELECT text, made, seconds, used, sum FROM results WHERE key = ?", (key,)
        ).fetchone()
        if found is None:
            return None
        text, made, seconds, used, total = found
        numbers = all(type(each) is float for each in (made, seconds, used))
        if type(text) is not str or not numbers or total != _checksum(key, text):
            raise sqlite3.DatabaseError("a result is not what was stored")
        now = self.clock()
        if abs(now - used) > FRESHNESS:
            connection.execute("UPDATE results SET used = ? WHERE key = ?", (now, key))
        return Row(text, made, seconds)

    def _put(self, connection: sqlite3.Connection, key: bytes, type_: str, row: Row) -> None:
        size = len(key) + len(row.text.encode())
        if size > self.max_bytes:
            return
        values = (key, type_, row.text, row.made, row.seconds, self.clock(), size, _checksum(key, row.text))
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM results WHERE key = ?", (key,))
            connection.execute("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
            while _totals(connection)[0] > self.max_bytes:
                oldest = "(SELECT key FROM results WHERE key != ? ORDER BY used LIMIT 16)"
                if not connection.execute(f"DELETE FROM results WHERE key IN {oldest}", (key,)).rowcount:
                    raise sqlite3.DatabaseError("its totals are not those of its results")

    def _attempt(self, use: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._open()
                return use(self._connection)
            except sqlite3.OperationalError as error:  # locked, no such folder, no room, read-only
                self._tell_once(f"the store of results {self.path} can't be used: {error}")
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                self._set_aside(error)
            except (OSError, ValueError) as error:  # ValueError: NUL in the path
                self._tell_once(f"the store of results {self.path} can't be used: {error}")
            return otherwise

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if is_stream(self.path):
            raise OSError(f"{self.path} is no regular file")
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # only its owner may read what is in it
        connection = sqlite3.connect(self.path, timeout=PATIENCE, check_same_thread=False, isolation_level=None)
        try:
            self._inode = self.path.stat().st_ino
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            self._make_tables(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _make_tables(self, connection: sqlite3.Connection) -> None:
        if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
            return
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in _statements(SCHEMA):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            elif version != VERSION:  # if it is VERSION now, another process has been quicker
                raise sqlite3.DatabaseError(f"it has version {version} of the tables, and this release {VERSION}")

    def _close(self) -> None:
        if self._connection is not None:
            with closing(self._connection):
                self._connection = None

    def _set_aside(self, error: Exception) -> None:
        """Renames a file that can't be read, so that a new one takes its place; another process may have done so."""
        self._close()
        aside = self.path.with_name(f"{self.path.name}.unreadable")
        try:
            if self.path.stat().st_ino == self._inode:
                os.replace(self.path, aside)
                for suffix in ("-wal", "-shm"):
                    Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        except OSError as failed:
            self._tell_once(f"the store of results {self.path} can't be read ({error}) nor renamed: {failed}")
            return
        self._tell_once(f"the store of results {self.path} can't be read ({error}): it is begun anew, see {aside}")

    def _tell_once(self, what: str) -> None:
        if what not in self._told:
            self._told.add(what)
            log.warning("%s", what)


def _checksum(key: bytes, text: str) -> bytes:
    return blake2b(key + text.encode(), digest_size=8).digest()


def _statements(script: str) -> list[str]:
    found, statement = [], ""
    for line in script.splitlines():
        statement += f"{line}\n"
        if sqlite3.complete_statement(statement):
            found.append(statement)
            statement = ""
    return found


def _totals(connection: sqlite3.Connection) -> tuple[int, int]:
    """The bytes of all results, and how many there are."""
    found = connection.execute("SELECT size, entries FROM total").fetchall()
    if len(found) != 1 or not all(type(each) is int for each in found[0]):
        raise sqlite3.DatabaseError("its totals are none")
    size, entries = found[0]
    return size, entries


def _stats(connection: sqlite3.Connection) -> dict[str, Any]:
    size, entries = _totals(connection)
    types = connection.execute("SELECT type, COUNT(*) FROM results GROUP BY type ORDER BY type").fetchall()
    return {"entries": entries, "bytes": size, "types": dict(types)}


def _clear(connection: sqlite3.Connection) -> int:
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        count = connection.execute("DELETE FROM results").rowcount
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return int(count)
