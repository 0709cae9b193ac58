"""What the parts of one helpdesk account share: settings, ids, tokens, the clock.

Holds no records. Called by the other modules of this folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from fakes.helpdesk.problems import bad_parameter
from fakes.helpdesk.state.part import Part
from harness.clock import Clock
from harness.rng import Rng

ID_PREFIX = {
    "ticket": 61, "user": 62, "group": 63, "audit": 64, "event": 65, "attachment": 66, "field": 67, "brand": 68,
    "organization": 69, "membership": 70, "metric": 71, "identity": 72, "form": 73, "option": 74, "suspended": 75,
    "rating": 76, "trigger": 77, "account": 78, "status": 79,
}  # fmt: skip
LOOK_NS = 1_000_000
APART = 10**6
"""How many ids at least an account leaves to the one that it is a fork of."""
ULID_LETTERS = "0123456789ABCDEFGJKMNPQRSTVWYZ"
"""The alphabet of the vendor's ULIDs without H and X, which together could look like a person's marker."""


@dataclass(slots=True, kw_only=True)
class Settings:
    """What may be turned on this helpdesk."""

    search_lag_s: float = 0.5
    """How long after a write the search learns of it; minutes in the real one on a bad day."""
    idempotency_s: float = 7200.0
    upload_s: float = 3600.0
    per_minute: int = 0
    """Calls per minute and account, 200 to 2,500 in the real one by plan; 0 switches the limit off."""
    unknown_upload: str = "ignore"
    """What an upload token that is unknown, used or expired does: `ignore` drops it, `refuse` is a 422."""
    job_s: float = 0.2
    """How long a background job is not `completed`; its work is done at once."""
    export_delay_s: float = 60.0
    """How old a change must be before an incremental export shows it."""
    webhook_retry_s: float = 1.0
    """How long after a 409 or a time-out a webhook is tried again."""
    breaker_ratio: float = 0.7
    """The share of errors at which a webhook's circuit breaker trips."""
    breaker_least: int = 100
    """How many requests it takes for the share to count; the vendor's number is not published."""
    breaker_errors: int = 1000
    """How many errors trip it whatever their share."""
    breaker_window_s: float = 300.0
    breaker_pause_s: float = 5.0
    own_limits: bool = False
    """Whether limits of single endpoints count as well: 30 updates of a ticket in ten minutes, and so on."""
    limits: str = ""
    """Other numbers for these limits, by header: `Zendesk-RateLimit-tickets-update=5 ...`."""

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing; `ValueError` says which."""
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, int | float) and value < 0:
                raise ValueError(f"{each.name} must not be negative")
        if self.unknown_upload not in ("ignore", "refuse"):
            raise ValueError("unknown_upload must be ignore or refuse")
        self.limits_by_header()

    def limits_by_header(self) -> dict[str, int]:
        """The other numbers, read."""
        parts = [each.partition("=") for each in self.limits.split()]
        if not all(number.isascii() and number.isdigit() for _, _, number in parts):
            raise ValueError("limits must read NAME=NUMBER, with blanks between them")
        return {name: int(number) for name, _, number in parts}


class Account(Part):
    """Ids, tokens and time of one account."""

    KEPT = ("id", "brand", "page_token", "_next", "_tokens")

    def __init__(self, rng: Rng, clock: Clock, settings: Settings, url: str = "", *, isolated: bool = False) -> None:
        self.clock = clock
        self.settings = settings
        self.url = url
        chance = rng.stream("fakes/helpdesk/ids")
        # Isolated accounts begin far beyond the main one, so that no id of theirs is ever one of its own.
        first, many = (2 * 10**9, 7 * 10**9) if isolated else (0, 10**9)
        self._next = {kind: prefix * 10**10 + first + chance.randrange(many) for kind, prefix in ID_PREFIX.items()}
        self._rng = rng
        self._tokens = 0
        self._at_ns = clock.at_ns
        self._looked_ns, self._looked = -LOOK_NS, (0, "")
        self.id = self.new_id("account")
        self.brand = self.new_id("brand")
        self.page_token = self.new_token("page")
        """What the vendor's own pages send with their calls; shown to who asks who they are."""

    def go_on(self, rng: Rng) -> None:
        """Give other ids and tokens from here on than an earlier start with the same beginning gave."""
        chance = rng.stream("fakes/helpdesk/ids")
        self._rng = rng
        self._next = {kind: last + chance.randrange(10**9) for kind, last in self._next.items()}

    def become(self, contents: Mapping[str, Any]) -> None:
        """Go on with these; no id and no token that was given already is given again."""
        given, tokens = self._next, self._tokens
        super().become(contents)
        self._next = {kind: max(last, self._next.get(kind, 0)) for kind, last in given.items()}
        self._tokens = max(tokens, self._tokens)
        # The copy brought another time along.
        self._looked_ns = self._at_ns() - LOOK_NS

    def adopted(self, contents: Mapping[str, Any]) -> dict[str, Any]:
        """What another account's contents mean for this one: it stays itself, and what it makes has other ids."""
        chance = self._rng.stream(f"fakes/helpdesk/adopted/{self._tokens}")
        ids = dict(self._next)
        for kind, last in contents["_next"].items():
            # Beyond the other's, since records stand in the order of their ids; not right beyond, where its own go on.
            if ids.get(kind, 0) <= last:
                ids[kind] = last + chance.randrange(APART, 10 * APART)
        return {**contents, "id": self.id, "page_token": self.page_token, "_next": ids, "_tokens": self._tokens}

    def new_id(self, kind: str) -> int:
        """The next id of this kind; kinds share no prefix, and no id is ever given twice."""
        self._next[kind] += 1
        return self._next[kind]

    def new_token(self, prefix: str) -> str:
        """The next token of an upload or a download."""
        self._tokens += 1
        return self._rng.ident(prefix, f"helpdesk/{self._tokens}").removeprefix(f"{prefix}_")

    def new_ulid(self) -> str:
        """The next id of a kind that has letters: webhooks and their invocations."""
        self._tokens += 1
        chance = self._rng.stream(f"helpdesk/ulid/{self._tokens}")
        return "01" + "".join(chance.choices(ULID_LETTERS, k=24))

    def new_uuid(self) -> str:
        """The next id of a kind that has UUIDs: side conversations and events."""
        token = self.new_token("uuid") + self.new_token("uuid")
        return f"{token[:8]}-{token[8:12]}-{token[12:16]}-{token[16:20]}-{token[20:32]}"

    def now(self) -> str:
        """Now, as the helpdesk writes it: whole seconds."""
        return self.moment()[1]

    def second(self) -> int:
        """Whole seconds since 1970."""
        return self.moment()[0]

    def moment(self) -> tuple[int, str]:
        """The present second as a number and as text; looked up once in a millisecond, since a call asks ten times."""
        at = self._at_ns()
        if at - self._looked_ns >= LOOK_NS:
            wall = self.clock.wall()
            second = int(wall.timestamp())
            if second != self._looked[0]:
                self._looked = (second, stamp(wall))
            self._looked_ns = at
        return self._looked

    def link(self, kind: str, record_id: Any) -> str:
        """The address of a record."""
        return f"{self.url}/api/v2/{kind}/{record_id}.json"


def stamp(moment: datetime) -> str:
    """A moment as the helpdesk writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=4096)
def second_of(written: str) -> int:
    """The seconds since 1970 of a moment as the helpdesk writes it."""
    return int(datetime.fromisoformat(written).timestamp())


def whole(value: Any, name: str) -> int:
    """An id as a number; refused when it is none."""
    if isinstance(value, bool) or not str(value).isascii() or not str(value).isdigit() or len(str(value)) > 20:
        raise bad_parameter(name, "must be an integer")
    return int(value)


def text(given: Mapping[str, Any], name: str) -> str | None:
    """A text that was given, None when it was not; refused when it is something else."""
    value = given.get(name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise bad_parameter(name, "must be a string")


def tags_of(given: Any) -> list[str]:
    """Tags from a list, or from a text of tags between blanks or commas: lower case, each once."""
    if isinstance(given, str):
        listed: list[Any] = [given]
    elif isinstance(given, list):
        listed = given
    else:
        listed = []
    return list(dict.fromkeys(part for each in listed for part in str(each).lower().replace(",", " ").split()))
