"""The transport that gathers: head and body of an answer leave in one piece, and nothing is kept back."""

import asyncio
from typing import Any, cast

from fakes.transport import Gathering


class Recorded:
    """A transport that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def write(self, data: bytes) -> None:
        """Remember."""
        self.told.append(data)

    def close(self) -> None:
        """Remember."""
        self.told.append("closed")

    def is_closing(self) -> bool:
        """Never."""
        return False

    def get_extra_info(self, name: str) -> str:
        """The name again."""
        return name

    def get_write_buffer_size(self) -> int:
        """Some number."""
        return 7


def gathering() -> tuple[Gathering, list[Any]]:
    """One, and what the transport behind it was told."""
    behind = Recorded()
    return Gathering(cast("asyncio.Transport", behind)), behind.told


def test_what_is_gathered_leaves_in_one_piece() -> None:
    """Nothing is written before `let_go`, and everything is written at once then; else each by itself."""
    transport, told = gathering()
    transport.write(b"a")
    transport.gather()
    transport.write(b"b")
    transport.write(b"c")
    assert told == [b"a"]
    transport.let_go()
    transport.let_go()
    transport.write(b"d")
    assert told == [b"a", b"bc", b"d"]


def test_closing_loses_nothing() -> None:
    """What was gathered is written before a connection is closed in good order."""
    transport, told = gathering()
    transport.gather()
    transport.write(b"the end")
    transport.close()
    assert told == [b"the end", "closed"]


def test_everything_else_is_the_transports_own() -> None:
    """What it does not gather it hands on."""
    transport, _ = gathering()
    assert (transport.is_closing(), transport.get_extra_info("peername")) == (False, "peername")
    assert transport.get_write_buffer_size() == 7
