"""What a person can mend, wherever it was noticed."""

import errno
import os

from harness.errors import DiskFullError, MachineError, StackError, in_our_words


def test_the_first_error_of_ours_in_a_group_is_told() -> None:
    """Whatever ended together with it is not what to mend."""
    ours = StackError("api died")
    group = BaseExceptionGroup("together", [KeyboardInterrupt(), ExceptionGroup("more", [ValueError("x"), ours])])
    assert in_our_words(group) is ours


def test_a_disk_that_became_full_is_an_error_to_mend() -> None:
    """Its message names the file and the way out."""
    found = in_our_words(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "runs/verdict.json"))
    assert isinstance(found, MachineError)
    assert "No space left on device (runs/verdict.json); make room" in str(found)


def test_a_full_disk_is_told_before_what_only_follows_from_it() -> None:
    """A process that died since it could not write is not what to mend."""
    full = DiskFullError("cannot write the journal")
    assert in_our_words(ExceptionGroup("together", [StackError("api died"), full])) is full


def test_what_is_nobodys_mistake_stays_as_it_is() -> None:
    """A bug of ours is not dressed up as one."""
    assert in_our_words(OSError(errno.EBADF, "bad file")) is None
    assert in_our_words(ExceptionGroup("group", [ValueError("x")])) is None
