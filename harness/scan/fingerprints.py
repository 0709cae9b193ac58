"""What a run keeps of its secrets, so that its folder can be searched again: enough to find them, not to know them.

For each form of a secret made at random: six of its characters, to look for, and a hash of the whole, to be sure. Of
more than thirty random characters that leaves over a hundred bits unknown, of keys that open nothing any more.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.scan.needles import Needle, Secret, base64_alone, forms
from harness.scan.search import digest

TOLD = 6
LEAST_RANDOM = 24


def of_secrets(secrets: Iterable[Secret]) -> list[dict[str, Any]]:
    """What may be kept, one entry for each form; nothing of values that nobody made at random."""
    kept = []
    for secret in secrets:
        begin, end = secret.random_part
        if end - begin < LEAST_RANDOM:
            continue
        told = secret.value[begin : begin + TOLD]
        for pattern, form in forms(secret.value).items():
            place = _place(pattern, told)
            if place is not None:
                lead, clue = place
                kept.append(
                    {
                        "secret": secret.name, "shown": secret.shown, "form": form, "lead": lead, "size": len(pattern),
                        "clue": base64.b64encode(clue).decode(), "sha256": digest(pattern),
                    }
                )  # fmt: skip
    return kept


def needles_of(kept: Sequence[Mapping[str, Any]]) -> list[Needle]:
    """The needles that these entries stand for."""
    return [
        Needle(
            one["secret"], one["shown"], one["form"], base64.b64decode(one["clue"]), lead=one["lead"],
            size=one["size"], digest=one["sha256"],
        )
        for one in kept
    ]  # fmt: skip


def _place(pattern: bytes, told: str) -> tuple[int, bytes] | None:
    """Where in a form the told characters stand, and as which bytes; None for a form in which they cannot be seen."""
    raw = told.encode()
    for clue in (raw, told.encode("utf-16-le"), told.encode("utf-16-be"), raw[::-1], raw.hex().encode(),
                 raw.hex().upper().encode()):  # fmt: skip
        place = pattern.find(clue)
        if place >= 0:
            return place, clue
    for alignment in range(3):
        clue = base64_alone(raw, alignment)
        place = pattern.find(clue)
        if place >= 0:
            return place, clue
    return None
