"""Whose call is this: by the markers in its own bytes, else by the owners of the objects it names.

This only steers faults; judging recomputes ownership from all ids in the journals. Ids are known per fake, fed by
effects, news and `Call.owns`; another fake's are looked at only when nothing else tells. Not clever on purpose: text is
searched, objects are looked up, nothing is guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

from fakes.calls import Call
from harness.rng import MARKER_PATTERN

MARKER = re.compile(MARKER_PATTERN.encode())
BODY_SEARCHED_MAX = 8_000_000
UNSEARCHED_HEADERS = frozenset({"authorization", "host", "content-length", "user-agent"})
_ID_KEY = re.compile(r"(?:^|_)ids?$|[a-z](?:Ids?|IDs?)$|^(?:to|from)$")


def markers_in(text: bytes) -> tuple[str, ...]:
    """Every marker in this text, once each, in order; capital letters and percent-encoding do not hide one."""
    found = MARKER.findall(text.lower())
    if not found and b"%" in text:
        found = MARKER.findall(unquote_to_bytes(text).lower())
    if not found:
        return ()
    return (found[0].decode(),) if len(found) == 1 else tuple(dict.fromkeys(one.decode() for one in found))


def leaves(value: Any) -> list[tuple[str, str]]:
    """Every (key, text) at the ends of a nested value, in order."""
    found: list[tuple[str, str]] = []
    _gather(value, "", found)
    return found


def _gather(value: Any, key: str, found: list[tuple[str, str]]) -> None:
    if isinstance(value, str):
        found.append((key, value))
    elif isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str):
                found.append((str(name), inner))
            elif inner is not None:
                _gather(inner, str(name), found)
    elif isinstance(value, list | tuple):
        for inner in value:
            _gather(inner, key, found)
    elif isinstance(value, int) and not isinstance(value, bool):
        found.append((key, str(value)))
    elif isinstance(value, Mapping):
        _gather(dict(value), key, found)


class Owners:
    """Which object is whose, per fake."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, str | None]] = {}
        self._by_person: dict[tuple[str, str], dict[str, None]] = {}

    def clear(self) -> None:
        """Forget all objects."""
        self._of.clear()
        self._by_person.clear()

    def learn(self, fake: str, ids: Iterable[str], person: str | None) -> None:
        """Make objects known as this person's; the first owner of an object stays, and an empty id is nobody's."""
        known = self._of.setdefault(fake, {})
        for one in ids:
            if one and known.get(one) is None:
                known[one] = person
                if person is not None:
                    self._by_person.setdefault((fake, person), {})[one] = None

    def owner(self, fake: str, object_id: str) -> str | None:
        """Whose object this is, as far as known."""
        return self._of.get(fake, {}).get(object_id)

    def objects(self, fake: str, person: str) -> list[str]:
        """The known objects of a person, oldest first."""
        return list(self._by_person.get((fake, person), ()))

    def first_owner(self, fake: str, ids: Iterable[str]) -> str | None:
        """The owner of the first of these objects that has one."""
        known = self._of.get(fake)
        if known:
            for one in ids:
                owner = known.get(one)
                if owner:
                    return owner
        return None

    def attribute(self, call: Call) -> None:
        """Fill the call's `markers`, `ids`, `owners` and `person`."""
        body = call.body if len(call.body) <= BODY_SEARCHED_MAX else call.body[:BODY_SEARCHED_MAX]
        headers = "\n".join(value for name, value in call.headers.items() if name not in UNSEARCHED_HEADERS)
        head = f"{call.path}\n{call.query}\n{headers}".encode("utf-8", "surrogateescape")
        found = markers_in(head)
        if body:
            found += markers_in(body)
        call.markers = found if len(found) < 2 else tuple(dict.fromkeys(found))
        call.ids = self._mentioned(call)
        if call.markers:
            call.owners = call.markers
        elif call.ids:
            known = self._of[call.fake]
            call.owners = tuple(dict.fromkeys(owner for one in call.ids if (owner := known[one])))
        else:
            call.owners = self._elsewhere(call)
        if call.owners and call.person is None:
            call.person = call.owners[0]

    def _mentioned(self, call: Call) -> tuple[str, ...]:
        known = self._of.get(call.fake)
        if not known:
            return ()
        found = dict.fromkeys(value for value in call.at.values() if value in known)
        for key, text in leaves(call.params):
            # A bare number is an id only where the key says so: 900 may be a price.
            if text in known and (not text.isdigit() or _ID_KEY.search(key)):
                found[text] = None
        return tuple(found)

    def _elsewhere(self, call: Call) -> tuple[str, ...]:
        """The owners of other fakes' objects that this call names: an invoice's id as a deal's own reference, say."""
        others = [known for fake, known in self._of.items() if fake != call.fake]
        texts = [text for _, text in leaves(call.params) if not text.isdigit()]
        return tuple(dict.fromkeys(owner for text in texts for known in others if (owner := known.get(text))))

    def of_effect(
        self, fake: str, call: Call | None, object_id: str, values: Mapping[str, Any], ids: Sequence[str]
    ) -> tuple[tuple[str, ...], str | None]:
        """The markers in an effect's values, and whose effect it is."""
        markers = markers_in(orjson.dumps(values, default=str, option=orjson.OPT_NON_STR_KEYS))
        if markers:
            return markers, markers[0]
        owner = self.owner(fake, object_id)
        if owner is None and call is not None and len(call.owners) == 1:
            owner = call.owners[0]
        if owner is None:
            owner = self.first_owner(fake, ids)
        if owner is None and call is not None:
            owner = call.person
        return (), owner
