"""File nodes."""

from __future__ import annotations

import errno
import resource
import signal
from pathlib import Path

import pytest

from stratagem import Context, atomic
from stratagem_std.directories import delete_directory, file_exists, file_info, list_files, make_directory
from stratagem_std.files import append_file, copy_file, delete_file, move_file, read_file, write_file


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_can_be_read(context: Context) -> None:
    """Line ends included, in any encoding."""
    for encoding in ("utf-8", "utf-16", "cp1252"):
        write_file("a/b/text.txt", "Größe\r\nzwei\n", context, encoding)
        assert read_file("a/b/text.txt", context, encoding) == "Größe\r\nzwei\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-be", "cp1252", "shift_jis"])
def test_what_is_added_is_read_as_if_it_had_been_written_at_once(
    encoding: str, context: Context, sandbox: Path
) -> None:
    """A byte order mark is at the start of the file alone."""
    for part in ("a\n", "b\n", ""):
        append_file("parts.txt", part, context, encoding)
    write_file("whole.txt", "a\nb\n", context, encoding)
    assert (sandbox / "parts.txt").read_bytes() == (sandbox / "whole.txt").read_bytes()


def test_relative_paths_start_at_the_step_s_directory(context: Context, sandbox: Path, tmp_path: Path) -> None:
    """And absolute ones don't."""
    write_file("here.txt", "1", context)
    write_file(str(tmp_path / "there.txt"), "2", context)
    assert (sandbox / "here.txt").read_text() == "1"
    assert (tmp_path / "there.txt").read_text() == "2"


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    context: Context, sandbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full in the middle of it."""
    before = names_in(sandbox)

    def full(self: Path, content: bytes) -> int:
        self.open("wb").close()
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="disk full"):
        write_file("notes.txt", "new", context)
    assert (sandbox / "notes.txt").read_text() == "first\nsecond\n"
    assert names_in(sandbox) == before


def test_what_was_appended_is_taken_back_if_the_rest_fails(tmp_path: Path) -> None:
    """The system takes a few bytes and refuses the others: here because the file may not grow further."""
    path = tmp_path / "log.txt"
    path.write_bytes(b"old")
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5, allowed[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            atomic.append_bytes(path, b"much more")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
        signal.signal(signal.SIGXFSZ, ignored)
    assert path.read_bytes() == b"old"
    atomic.append_bytes(path, b" new")
    assert path.read_bytes() == b"old new"


def test_a_file_keeps_its_mode_and_its_link_when_it_is_written(context: Context, sandbox: Path) -> None:
    """Replacing it is not seen from outside."""
    (sandbox / "notes.txt").chmod(0o640)
    (sandbox / "link.txt").symlink_to("notes.txt")
    write_file("link.txt", "new", context)
    assert (sandbox / "link.txt").is_symlink()
    assert (sandbox / "notes.txt").read_text() == "new"
    assert (sandbox / "notes.txt").stat().st_mode & 0o777 == 0o640


def test_a_file_that_exists_is_only_replaced_where_that_is_asked_for(context: Context, sandbox: Path) -> None:
    """Written, copied and moved files alike."""
    (sandbox / "other.txt").write_text("other")
    with pytest.raises(FileExistsError, match="set overwrite to replace it"):
        write_file("notes.txt", "new", context, overwrite=False)
    for act in (copy_file, move_file):
        with pytest.raises(FileExistsError, match="set overwrite to replace it"):
            act("other.txt", "notes.txt", context)
    assert (sandbox / "notes.txt").read_text() == "first\nsecond\n"
    copy_file("other.txt", "notes.txt", context, overwrite=True)
    assert (sandbox / "notes.txt").read_text() == "other"


def test_a_directory_is_no_place_to_write_a_file(context: Context) -> None:
    """Its name has to be said."""
    for act in (copy_file, move_file):
        with pytest.raises(IsADirectoryError, match="name the file in it"):
            act("notes.txt", "data", context)


def test_missing_directories_are_made_unless_that_is_refused(context: Context, sandbox: Path) -> None:
    """The error says which is missing."""
    with pytest.raises(FileNotFoundError, match=r"there is no directory .*new; set parents to make it"):
        write_file("new/a.txt", "", context, parents=False)
    append_file("new/a.txt", "1", context)
    append_file("new/a.txt", "2", context)
    assert (sandbox / "new/a.txt").read_text() == "12"


def test_a_moved_file_is_only_at_its_new_place(context: Context, sandbox: Path) -> None:
    """With its content."""
    move_file("notes.txt", "old/notes.txt", context)
    assert not file_exists("notes.txt", context)
    assert read_file("old/notes.txt", context) == "first\nsecond\n"


def test_a_file_is_moved_to_another_disk_by_copying(
    context: Context, sandbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which the system tells by refusing to rename it."""
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.name == "notes.txt":
            raise OSError(errno.EXDEV, "another disk")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    move_file("notes.txt", "elsewhere.txt", context)
    assert (sandbox / "elsewhere.txt").read_text() == "first\nsecond\n"
    assert not (sandbox / "notes.txt").exists()


def test_a_copy_of_what_is_no_file_is_refused(context: Context, sandbox: Path) -> None:
    """Before anything is made."""
    for act in (copy_file, move_file):
        with pytest.raises(FileNotFoundError, match="there is no file"):
            act("absent.txt", "new/absent.txt", context)
    assert not (sandbox / "new").exists()


def test_only_files_are_deleted_as_files(context: Context, sandbox: Path) -> None:
    """A missing one is an error unless it may be missing; a directory always is."""
    with pytest.raises(FileNotFoundError, match="there is no file"):
        delete_file("absent.txt", context)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        delete_file("data", context, missing_ok=True)
    (sandbox / "dangling").symlink_to("absent.txt")
    assert delete_file("dangling", context) is True
    assert names_in(sandbox) == ["data", "double.yaml", "notes.txt"]


def test_directories_are_made_and_deleted(context: Context, sandbox: Path) -> None:
    """With those above them, and only when empty unless all is to go."""
    make_directory("a/b", context)
    with pytest.raises(FileExistsError):
        make_directory("a/b", context, exist_ok=False)
    with pytest.raises(OSError):
        delete_directory("a", context)
    assert delete_directory("a", context, recursive=True) is True
    assert not (sandbox / "a").exists()


def test_files_are_listed_in_order_as_they_can_be_named(context: Context) -> None:
    """Each path listed can be read."""
    write_file("data/z.txt", "z", context)
    write_file("data/deep/a.txt", "a", context)
    found = list_files(context, "data", recursive=True)
    assert found == ["data/deep/a.txt", "data/order.json", "data/people.csv", "data/z.txt"]
    assert read_file(found[0], context) == "a"
    assert list_files(context, "data", kind="directory") == ["data/deep"]
    assert list_files(context, "data", "*.t?t", kind="any") == ["data/z.txt"]


def test_a_pattern_can_not_leave_the_directory(context: Context) -> None:
    """It is for names."""
    for pattern in ("../*", "/etc/*", ""):
        with pytest.raises(ValueError, match="expected a pattern for names, got"):
            list_files(context, "data", pattern)
    with pytest.raises(NotADirectoryError):
        list_files(context, "notes.txt")


def test_what_is_known_of_a_directory_says_so(context: Context) -> None:
    """Its name and kind, and a time with its zone."""
    info = file_info("data", context)
    assert (info.name, info.kind, info.path) == ("data", "directory", "data")
    assert info.modified.endswith("+00:00")


def test_an_empty_path_is_refused(context: Context) -> None:
    """It would be the directory itself."""
    with pytest.raises(ValueError) as caught:
        read_file("", context)
    assert str(caught.value) == "the path is empty"
