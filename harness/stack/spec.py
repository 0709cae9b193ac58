"""What to start, as plain data.

Written by `harness.target` for a pipeline and by the roof for the fakes and the load; read by the stack.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import StackError

PLAIN_KINDS = ("line", "exit", "started")
KINDS = "tcp:HOST:PORT, http://..., https://..., line, exit or started"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpec:
    """One process: its command, what is added to its environment, and when it counts as ready.

    `ready` is `tcp:HOST:PORT` (accepts a connection), a URL (answers 2xx), `line` (its first line on stdout, which is
    handed over and kept out of the log), `exit` (ends with code 0) or `started` (at once; may end with code 0 later).
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: str = "started"
    cwd: Path | None = None
    log: Path | None = None
    ready_s: float = 30.0
    stop_s: float = 5.0

    def __post_init__(self) -> None:
        if isinstance(self.command, str) or not self.command:
            raise StackError(
                f'process "{self.name}": its command is {self.command!r}, expected a list of words; '
                'write ["program", "argument"]'
            )
        if not (self.ready in PLAIN_KINDS or self.ready.startswith(("http://", "https://")) or self._tcp_is_well()):
            raise StackError(f'process "{self.name}": ready is {self.ready!r}, expected {KINDS}')

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port of `tcp:HOST:PORT`, None for other kinds."""
        if not self.ready.startswith("tcp:"):
            return None
        host, _, port = self.ready.removeprefix("tcp:").rpartition(":")
        return host.strip("[]"), int(port)

    def _tcp_is_well(self) -> bool:
        host, _, port = self.ready.removeprefix("tcp:").rpartition(":")
        return self.ready.startswith("tcp:") and bool(host) and port.isdigit() and 0 < int(port) < 65536
