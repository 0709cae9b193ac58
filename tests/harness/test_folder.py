"""The run folder: made before anything starts, or refused with the way out."""

from pathlib import Path

import pytest

from harness.errors import MachineError
from harness.folder import RunFolder, check_room


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """The message names what is free, where, what is wanted, and what to do."""
    with pytest.raises(MachineError, match=r"only \d+ MB are free where run folders go .* wants 1000000000 MB"):
        check_room(tmp_path, enough_mb=10**9)


def test_a_run_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The message names the folder and the way out."""
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match=r"cannot make a run folder in .*; choose another place with --out"):
        RunFolder.make(tmp_path / "file" / "runs", 1)
