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
