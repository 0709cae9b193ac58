"""The journal: what was written can be read, whatever happened to the writer."""

import sys
from pathlib import Path

import pytest

from harness.clock import ManualClock
from harness.errors import DiskFullError, JournalError, MachineError
from harness.journal import Journal, read, read_folder


def written(path: Path, *kinds: str) -> Path:
    """A journal at `path` with one record of each kind."""
    journal = Journal(path, "phone", ManualClock(at_ns=5))
    for kind in kinds:
        journal.write(kind, person="hxaaaaaaaaaaaa")
    journal.close()
    return path


def test_records_come_back_in_order_with_their_writer(tmp_path: Path) -> None:
    """Every record carries its number, its moment and who wrote it."""
    path = written(tmp_path / "phone.jsonl", "intent", "attempt")
    assert [(r["k"], r["n"], r["at"], r["w"]) for r in read(path)] == [
        ("journal", 1, 5, "phone"),
        ("intent", 2, 5, "phone"),
        ("attempt", 3, 5, "phone"),
    ]


def test_what_is_held_is_written_at_once_and_in_order(tmp_path: Path) -> None:
    """Nothing is in the file while held, everything when let go; from then on each record is written by itself."""
    path = tmp_path / "phone.jsonl"
    journal = Journal(path, "phone", ManualClock())
    assert journal.hold()
    assert [journal.write("intent"), journal.write("attempt")] == [2, 3]
    assert not journal.hold(), "held already"
    assert [record["k"] for record in read(path)] == ["journal"]
    journal.let_go()
    journal.let_go()
    assert [record["k"] for record in read(path)] == ["journal", "intent", "attempt"]
    journal.write("answer")
    assert [record["n"] for record in read(path)] == [1, 2, 3, 4]
    journal.close()


def test_a_torn_last_line_is_tolerated(tmp_path: Path) -> None:
    """A writer killed in the middle of a line loses that line only."""
    path = written(tmp_path / "phone.jsonl", "intent")
    with path.open("ab") as file:
        file.write(b'{"k":"attem')
    assert [r["k"] for r in read(path)] == ["journal", "intent"]


def test_a_torn_line_elsewhere_is_an_error(tmp_path: Path) -> None:
    """A broken line in the middle means that the file was altered, and says where."""
    path = written(tmp_path / "phone.jsonl", "intent")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"rubbish\n" + lines[1])
    with pytest.raises(JournalError, match=r"phone\.jsonl:2: not a record"):
        list(read(path))


def test_another_version_is_refused(tmp_path: Path) -> None:
    """A journal of another version is not guessed at."""
    path = tmp_path / "phone.jsonl"
    path.write_bytes(b'{"k":"journal","n":1,"at":0,"version":99,"writer":"phone"}\n')
    with pytest.raises(JournalError, match="version 99"):
        list(read(path))


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    """A journal begins with its own header."""
    path = tmp_path / "phone.jsonl"
    path.write_bytes(b'{"k":"intent","n":1,"at":0}\n')
    with pytest.raises(JournalError, match="begins with its own header"):
        list(read(path))


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    """A journal that cannot be opened says which and why."""
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match=r"cannot open the journal .*phone\.jsonl"):
        Journal(tmp_path / "file" / "phone.jsonl", "phone")


def test_a_folder_is_read_in_the_order_of_time(tmp_path: Path) -> None:
    """Records of several writers come in the order of the host's clock."""
    clock = ManualClock()
    one, two = Journal(tmp_path / "a.jsonl", "a", clock), Journal(tmp_path / "b.jsonl", "b", clock)
    clock.advance(1)
    two.write("second")
    clock.advance(1)
    one.write("third")
    assert [r["k"] for r in read_folder(tmp_path)][2:] == ["second", "third"]


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux")
def test_a_full_disk_ends_the_writing() -> None:
    """What could not be written is an error that names the journal; nobody goes on without evidence."""
    with pytest.raises(DiskFullError, match=r"cannot write the journal /dev/full: No space left on device"):
        Journal(Path("/dev/full"), "phone")
