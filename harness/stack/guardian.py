"""The guardian: a small process that outlives the harness and leaves nothing of a run alive.

The harness starts it in a session of its own, holds a pipe to it and tells it process groups and folders, a line each.
When the pipe ends, however the harness died, it ends every process of the run and removes the folders. Finds them by
group, by descent and by the mark that every child inherits in its environment, since some of them make sessions of
their own or overwrite their environment. Run as a file with nothing but the standard library, so that nothing of ours
can break it; the harness imports `Charge` to do the same sweep itself.
"""

import contextlib
import http.client
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

MARK = "HARNESS_RUN"
ENGINE_LABEL = "harness.run"
ENGINE_S = 20.0
FOLDER_PREFIX = "harness-"
LOOK_EVERY_S = 2.0
TERM_S = 1.0
KILL_S = 3.0
SCAN_EVERY_S = 0.05
QUIET_SCANS = 3


class Proc(NamedTuple):
    """One living process; `start` tells it from a later one with the same number."""

    pid: int
    ppid: int
    pgid: int
    start: str
    marked: bool


class Charge:
    """What a guardian answers for: one run's processes and folders."""

    def __init__(self, run: str, spared: Iterable[int] = ()) -> None:
        self.run = run
        self.groups: set[int] = set()
        self.folders: list[Path] = []
        self._known: dict[int, str] = {}
        self._spared = {os.getpid(), *spared}
        self.engine = ""
        self.others: list[str] = []
        """Containers of others that ran before, and must go on."""

    def hear(self, line: str) -> None:
        """Take one line of the harness: `group N`, `forget N`, `folder PATH`, `engine SOCKET`, `restore ID`."""
        word, _, value = line.partition(" ")
        if word == "group" and value.isdigit():
            self.groups.add(int(value))
        elif word == "forget" and value.isdigit():
            self.groups.discard(int(value))
        elif word == "folder" and Path(value).is_absolute() and Path(value).name.startswith(FOLDER_PREFIX):
            self.folders.append(Path(value))
        elif word == "engine" and Path(value).is_absolute():
            self.engine = value
        elif word == "restore" and value.isalnum():
            self.others.append(value)

    def look(self) -> list[int]:
        """The run's living processes; those once seen are known again after their parents died."""
        procs = processes(self.run)
        roots = {p.pid for p in procs if p.marked or p.pgid in self.groups or self._known.get(p.pid) == p.start}
        found = (roots | descendants(procs, roots)) - self._spared
        self._known = {p.pid: p.start for p in procs if p.pid in found}
        return sorted(found)

    def freeze(self) -> list[int]:
        """Stop all processes of the run where they are, until no new one appears.

        A process that dies between two looks could leave a child that nobody knows; a frozen one has no time to.
        """
        frozen: set[int] = set()
        while fresh := set(self.look()) - frozen:
            send(signal.SIGSTOP, fresh)
            frozen |= fresh
        return sorted(frozen)

    def sweep(self, term_s: float = TERM_S) -> list[int]:
        """End every process of the run, politely for `term_s`, then for certain; answers who would not die."""
        asked: set[int] = set()
        deadline = time.monotonic() + term_s
        alive = self.freeze()
        while alive and time.monotonic() < deadline:
            send(signal.SIGTERM, [pid for pid in alive if pid not in asked])
            send(signal.SIGCONT, [pid for pid in alive if pid not in asked])
            asked.update(alive)
            wait(SCAN_EVERY_S)
            alive = self.look()
        deadline = time.monotonic() + KILL_S
        quiet = 0
        while quiet < QUIET_SCANS and time.monotonic() < deadline:
            alive = self.freeze()
            send(signal.SIGKILL, alive)
            quiet = 0 if alive else quiet + 1
            wait(SCAN_EVERY_S)
        return self.look()

    def end(self) -> None:
        """Sweep, containers too, then remove the folders; what a dying process still wrote goes in a second go."""
        self.sweep()
        if self.engine:
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                remove_containers(self.engine, self.run)
                let_go_on(self.engine, self.others)
        for _ in range(3):
            for folder in self.folders:
                shutil.rmtree(folder, ignore_errors=True)
            if not any(folder.exists() for folder in self.folders):
                return
            wait(SCAN_EVERY_S)


class _Engine(http.client.HTTPConnection):
    """The container engine's own API, over its socket: without a library, which may be broken or gone."""

    def __init__(self, path: str) -> None:
        super().__init__("engine", timeout=ENGINE_S)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            opened.settimeout(ENGINE_S)
            opened.connect(self._path)
        except OSError:
            opened.close()
            raise
        self.sock = opened

    def ask(self, method: str, path: str) -> bytes:
        """One question; its answer, whatever the status."""
        self.request(method, path)
        return self.getresponse().read()


def remove_containers(path: str, run: str) -> None:
    """Remove every container and network that carries the run's label."""
    engine = _Engine(path)
    wanted = quote(json.dumps({"label": [f"{ENGINE_LABEL}={run}"]}))
    for one in json.loads(engine.ask("GET", f"/containers/json?all=1&filters={wanted}")):
        engine.ask("DELETE", f"/containers/{one['Id']}?force=1&v=1")
    for one in json.loads(engine.ask("GET", f"/networks?filters={wanted}")):
        engine.ask("DELETE", f"/networks/{one['Id']}")
    engine.close()


def let_go_on(path: str, boxes: Iterable[str]) -> None:
    """Let containers run that others started: no longer paused, started again; those that do run stay as they are."""
    engine = _Engine(path)
    for box in boxes:
        engine.ask("POST", f"/containers/{box}/unpause")
        engine.ask("POST", f"/containers/{box}/start")
    engine.close()


def processes(run: str) -> list[Proc]:
    """Every living process of this machine, marked or not as of this run."""
    return from_proc(run) if Path("/proc/self/stat").exists() else from_ps(run)


def from_proc(run: str) -> list[Proc]:
    """The processes as Linux tells them; zombies are dead."""
    found = []
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            stat = Path(entry.path, "stat").read_text(errors="replace")
            fields = stat.rpartition(")")[2].split()
            if fields[0] in "ZX":
                continue
            marked = _is_marked(_environment(entry.path), run)
        except (OSError, IndexError):
            continue
        found.append(Proc(int(entry.name), int(fields[1]), int(fields[2]), fields[19], marked))
    return found


def from_ps(run: str) -> list[Proc]:
    """The processes as `ps` tells them, for systems without /proc."""
    said = subprocess.run(
        ["ps", "axeww", "-o", "pid=,ppid=,pgid=,stat=,command="],
        capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    found = []
    for line in said.stdout.splitlines():
        fields = line.split(None, 4)
        if len(fields) < 4 or fields[3].startswith("Z"):
            continue
        words = fields[4].split() if len(fields) == 5 else []
        marked = any(_is_marked(word.encode(errors="replace"), run) for word in words)
        found.append(Proc(int(fields[0]), int(fields[1]), int(fields[2]), "", marked))
    return found


def descendants(procs: Iterable[Proc], roots: Iterable[int]) -> set[int]:
    """Everybody who descends from `roots` through living parents, without the roots."""
    children: dict[int, list[int]] = {}
    for proc in procs:
        children.setdefault(proc.ppid, []).append(proc.pid)
    found: set[int] = set()
    todo = list(roots)
    while todo:
        for child in children.get(todo.pop(), ()):
            if child not in found:
                found.add(child)
                todo.append(child)
    return found


def freeze_tree(leader: int, run: str) -> list[int]:
    """Stop a process, its group and all its descendants where they are, until no new one appears."""
    frozen: set[int] = set()
    while True:
        procs = processes(run)
        group = {proc.pid for proc in procs if leader in (proc.pid, proc.pgid)}
        fresh = (group | descendants(procs, group)) - frozen
        if not fresh:
            return sorted(frozen)
        send(signal.SIGSTOP, fresh)
        frozen |= fresh


def send(sig: int, pids: Iterable[int]) -> None:
    """Send a signal to each; those that are gone, or not ours, are passed over."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, sig)


def wait(seconds: float) -> None:
    """Wait without the harness's clock, which is not there."""
    select.select([], [], [], seconds)


def _environment(folder: str) -> bytes:
    try:
        return Path(folder, "environ").read_bytes()
    except OSError:
        return b""  # Somebody else's process: it can still be found by group and descent.


def _is_marked(environment: bytes, run: str) -> bool:
    """Whether HARNESS_RUN names this run; a run inside a run carries both names, with a slash."""
    start = MARK.encode() + b"="
    return any(
        run.encode() in part.removeprefix(start).split(b"/")
        for part in environment.split(b"\0")
        if part.startswith(start)
    )


def main() -> None:
    """Guard until the pipe on stdin ends, then end everything."""
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, signal.SIG_IGN)
    charge = Charge(sys.argv[1])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    pending = b""
    while True:
        readable, _, _ = select.select([0], [], [], LOOK_EVERY_S)
        if not readable:
            charge.look()
            continue
        heard = os.read(0, 65536)
        if not heard:
            break
        *lines, pending = (pending + heard).split(b"\n")
        for line in lines:
            charge.hear(line.decode(errors="replace"))
    charge.end()


if __name__ == "__main__":
    main()
