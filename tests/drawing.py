"""Which of many alike tests are played: a share of those marked `drawn`, another one for each commit.

Each of them is worth its time, and all of them together take more than anybody waits for after each commit; over a few
commits each is played. Without `--drawn` nothing is left out. Called by `tests.conftest`.
"""

import subprocess
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeVar

ROOT = Path(__file__).resolve().parents[1]
HEX = 16


def number_of_this_commit() -> int:
    """Another one for each commit, the same for all who try this one; 1 outside a repository."""
    told = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(told.stdout.strip() or "1", HEX)


class Test(Protocol):
    """A test as pytest collects it."""

    @property
    def nodeid(self) -> str:
        """Its name with its file."""

    def get_closest_marker(self, name: str) -> object:
        """Its mark of this name, if it has one."""


T = TypeVar("T", bound=Test)


def left_out(items: Sequence[T], shares: int, number: int) -> list[T]:
    """Those marked `drawn` that are not in this commit's share; each is in one of so many shares, by its name."""
    turn = number % shares
    return [item for item in items if item.get_closest_marker("drawn") and _share_of(item.nodeid, shares) != turn]


def _share_of(name: str, shares: int) -> int:
    return zlib.crc32(name.encode()) % shares
