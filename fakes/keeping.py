"""State as bytes and back: what a fake holds, copied whole, for snapshots and for a file that outlives the process.

Only plain values and the fakes' own classes are read; a file that names anything else is refused, so that reading one
runs nobody's code. Bytes fit the release that wrote them.
"""

import hashlib
import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.errors import UsageError

PLAIN = {
    "builtins": frozenset({"dict", "list", "tuple", "set", "frozenset", "str", "int", "float", "bool", "bytes"}),
    "collections": frozenset({"defaultdict", "deque", "Counter", "OrderedDict"}),
    "decimal": frozenset({"Decimal"}),
    "random": frozenset({"Random"}),
    "datetime": frozenset({"datetime", "date", "timedelta", "timezone"}),
}
OURS = "fakes."
SEAL = hashlib.sha256().digest_size
BROKEN = (
    pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError, KeyError, TypeError, ValueError,
    OverflowError, MemoryError,
)  # fmt: skip
"""What reading bytes that are no state may end in; the last two when they say that something endless follows."""


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """A class by its name; `UsageError` unless it is plain or a fake's own."""
        if name in PLAIN.get(module, ()):
            return super().find_class(module, name)
        if module.startswith(OURS) and "." not in name:
            found = super().find_class(module, name)
            # What a module of ours only imports may do anything when it is called.
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise UsageError(f"kept state names {module}.{name}, which is no state of a fake")


def packed(state: Any) -> bytes:
    """The state as bytes; what belongs to several parts of it does so afterwards."""
    return sealed(pickle.dumps(state, protocol=5))


def sealed(content: bytes) -> bytes:
    """These bytes behind their digest, by which damage is seen; not a signature, anybody can make one."""
    return hashlib.sha256(content).digest() + content


def unpacked(kept: Any) -> Any:
    """The state again, sharing nothing with the one that was packed; `UsageError` for what is none."""
    content = kept[SEAL:] if isinstance(kept, bytes) else b""
    if sealed(content) != kept:
        raise UsageError("this is no kept state of this release, or it was damaged since")
    try:
        return _Reader(io.BytesIO(content)).load()
    except BROKEN as problem:
        raise UsageError(f"this is no kept state of this release: {problem}") from problem


def read(path: Path) -> dict[str, Any]:
    """What a file keeps; nothing when there is no such file yet."""
    try:
        kept = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise UsageError(f"cannot read the kept state {path}: {problem.strerror}") from problem
    try:
        state = unpacked(kept)
    except UsageError as problem:
        raise UsageError(f"cannot go on from {path}: {problem}; move it away, or name another file") from problem
    if not isinstance(state, dict):
        raise UsageError(f"cannot go on from {path}: it is no state of fakes; move it away, or name another file")
    return state


def write(path: Path, state: Mapping[str, Any]) -> None:
    """Keep this, whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(packed(dict(state)))
        beside.replace(path)
    except OSError as problem:
        raise UsageError(f"cannot keep the state in {path}: {problem.strerror}") from problem
