"""Free loopback ports, kept bound until the process that was promised them is about to start.

Chosen below the range that outgoing connections use, so that a client's own socket does not take one in between. Not a
lock between machines. Called by `harness.target` and `harness.doctor`; the stack hands ports over.
"""

import errno
import socket
from collections.abc import Iterable

from harness.errors import MachineError
from harness.rng import Rng, fresh_seed

LOOPBACK = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 32_000
TRIES = 200

_held: dict[int, socket.socket] = {}


def free(count: int = 1) -> list[int]:
    """That many different free loopback ports, bound until `hand_over`; raises `MachineError` when there are none."""
    chosen: list[int] = []
    candidates = Rng(fresh_seed()).stream("ports").sample(range(LOWEST, HIGHEST), TRIES)
    for port in candidates:
        if len(chosen) == count:
            return chosen
        if _hold(port):
            chosen.append(port)
    if len(chosen) == count:
        return chosen
    for port in chosen:
        hand_over(port)
    raise MachineError(
        f"found only {len(chosen)} of {count} free ports on {LOOPBACK} after trying {TRIES} between {LOWEST} and "
        f"{HIGHEST}; stop what listens there"
    )


def row(count: int, but: int | None = None) -> int:
    """The first of that many free loopback ports in a row, `but` not among them; not held.

    Raises `MachineError` when there are none.
    """
    candidates = Rng(fresh_seed()).stream("rows").sample(range(LOWEST, HIGHEST - count), TRIES)
    for begin in candidates:
        wanted = range(begin, begin + count)
        if but in wanted:
            continue
        got = [port for port in wanted if _hold(port)]
        for port in got:
            hand_over(port)
        if len(got) == count:
            return begin
    raise MachineError(
        f"found no {count} free ports in a row on {LOOPBACK} after {TRIES} tries; stop what listens there"
    )


def hand_over(port: int) -> None:
    """Let go of a port, so that its process can bind it; nothing happens if it is not held."""
    held = _held.pop(port, None)
    if held:
        held.close()


def hand_over_named_in(words: Iterable[str]) -> None:
    """Let go of every held port whose number appears in these words: a command, an environment."""
    text = " ".join(words)
    for port in [port for port in _held if str(port) in text]:
        hand_over(port)


def held() -> frozenset[int]:
    """The ports that are bound now and not yet handed over."""
    return frozenset(_held)


def is_taken(host: str, port: int) -> bool:
    """True when another program listens there already; a port that is held here is not taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            return probe.connect_ex((host, port)) == 0
        except OSError:
            return False


def _hold(port: int) -> bool:
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        holder.bind((LOOPBACK, port))
    except OSError as problem:
        holder.close()
        if problem.errno in (errno.EADDRINUSE, errno.EACCES):
            return False
        raise MachineError(f"cannot bind {LOOPBACK}: {problem.strerror}; is the loopback interface up?") from problem
    _held[port] = holder
    return True
