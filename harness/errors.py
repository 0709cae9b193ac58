"""Every error the harness raises on purpose, in one tree.

    HarnessError                 something a person can mend; printed without a traceback, exit code 2
    ├── UsageError               a wrong word on the command line
    ├── TargetError              a target file that cannot be used: file, key, found, expected, next step
    ├── RefusedError             refused for safety: a live key, a host that was not allowed by name
    ├── MachineError             the machine lacks something: a port, disk space, a program
    ├── StackError               a process of the stack did not start, or died
    ├── ControlError             the fakes' control channel answered something unexpected
    └── JournalError             a journal that cannot be read: file, line, what was found

Not for verdicts: a broken promise is data (`harness.model.Verdict`), never an exception.
"""

import errno


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


class StackError(HarnessError):
    """A process of the stack did not start, or died while it was needed."""


class ControlError(HarnessError):
    """The fakes' control channel did not do what it was asked."""


class JournalError(HarnessError):
    """A journal that cannot be read as one."""


FULL = (errno.ENOSPC, errno.EDQUOT)


def in_our_words(problem: BaseException) -> HarnessError | None:
    """The first error that a person can mend, in a group of whatever ended together; None if there is none.

    A disk that became full is one, wherever it was noticed.
    """
    if isinstance(problem, HarnessError):
        return problem
    if isinstance(problem, OSError) and problem.errno in FULL:
        where = f" ({problem.filename})" if problem.filename else ""
        return MachineError(f"{problem.strerror}{where}; make room, or choose another place with --out DIR")
    inner = problem.exceptions if isinstance(problem, BaseExceptionGroup) else ()
    return next((found for one in inner if (found := in_our_words(one)) is not None), None)
