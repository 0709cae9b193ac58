"""Every error the harness raises on purpose, in one tree.

    HarnessError                 something a person can mend; printed without a traceback, exit code 2
    ├── UsageError               a wrong word on the command line
    ├── TargetError              a target file that cannot be used: file, key, found, expected, next step
    ├── RefusedError             refused for safety: a live key, a host that was not allowed by name
    ├── MachineError             the machine lacks something: a port, disk space, a program
    │   └── DiskFullError        nothing more could be written; whatever else failed beside it, this is why
    ├── StackError               a process of the stack did not start, or died
    ├── ControlError             the fakes' control channel answered something unexpected
    └── JournalError             a journal that cannot be read: file, line, what was found

Not for verdicts: a broken promise is data (`harness.model.Verdict`), never an exception.
"""

import errno
from collections.abc import Iterator


class HarnessError(Exception):
    """Something a person can mend; the message says what was found, where, what was expected and what to do."""


class UsageError(HarnessError):
    """A wrong word on the command line."""


class TargetError(HarnessError):
    """A target file that cannot be used."""


class RefusedError(HarnessError):
    """Refused for safety: a live key, or a host that was not allowed by name."""


class MachineError(HarnessError):
    """The machine lacks something the run needs: a free port, disk space, a program."""


class DiskFullError(MachineError):
    """A disk became full while the run wrote to it."""


class StackError(HarnessError):
    """A process of the stack did not start, or died while it was needed."""


class ControlError(HarnessError):
    """The fakes' control channel did not do what it was asked."""


class JournalError(HarnessError):
    """A journal that cannot be read as one."""


FULL = (errno.ENOSPC, errno.EDQUOT)


def cannot(what: str, problem: OSError) -> MachineError:
    """What could not be done on this machine and why, as an error to raise; a full disk is told apart."""
    kind_of = DiskFullError if problem.errno in FULL else MachineError
    return kind_of(f"cannot {what}: {problem.strerror}")


def in_our_words(problem: BaseException) -> HarnessError | None:
    """The error that a person can mend, in a group of whatever ended together; None if there is none.

    It is the first, but for a full disk, wherever that was noticed: the others then only follow from it.
    """
    found = [ours for one in _leaves(problem) if (ours := _ours(one)) is not None]
    return next((ours for ours in found if isinstance(ours, DiskFullError)), found[0] if found else None)


def _leaves(problem: BaseException) -> Iterator[BaseException]:
    if isinstance(problem, BaseExceptionGroup):
        for inner in problem.exceptions:
            yield from _leaves(inner)
    else:
        yield problem


def _ours(problem: BaseException) -> HarnessError | None:
    if isinstance(problem, HarnessError):
        return problem
    if isinstance(problem, OSError) and problem.errno in FULL:
        where = f" ({problem.filename})" if problem.filename else ""
        return DiskFullError(f"{problem.strerror}{where}; make room, or choose another place with --out DIR")
    return None
