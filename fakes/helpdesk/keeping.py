"""An account of the helpdesk copied whole: what it consists of, part by part, and how a copy becomes an account again.

All parts are packed as one, so that what several of them share they share afterwards. Ids go on from where they are:
what is made after a restore has ids that nobody had. A fork has no webhooks. What was told or journaled is not taken
back. Called by `slice`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fakes.helpdesk.offices import Office
from fakes.helpdesk.state.idempotency import Kept as KeptAnswer
from fakes.helpdesk.state.part import Part
from fakes.helpdesk.state.shelf import Shelf
from fakes.keeping import packed, unpacked
from harness.errors import UsageError

ASIDE: Mapping[str, str] = {
    "Office.clock": "kept beside the parts, as `Copy.time`",
    "Account.clock": "the office's clock",
    "Account.settings": "shared by all accounts; `tune` alone changes them",
    "Account.url": "where this process is reached; addresses in records are rewritten",
    "Account._rng": "follows from the seed and the account's name; tokens are numbered, and the number is kept",
    "Account._looked": "the present moment, looked up anew",
    "Account._looked_ns": "the same",
    "Account._at_ns": "the office's clock",
    "Fields.kind": "whose fields these are, for good",
    "Memberships._kind": "what its records are called, for good",
    "Memberships.key": "the same",
    "People._agent_email": "configured",
    "Checking._forms": "the forms' own shelf, which stays the same object",
    "Checking._tickets": "the tickets' own shelf, which stays the same object",
    "Webhooks.outbox": "empty but during a call, which hands it over itself",
    "Entrance._email": "configured",
    "Entrance._token": "configured",
    "Entrance._seen": "what headers say, whoever the people are",
    "Courier._world": "the process around the fake",
}
"""What of an account is not kept, and why."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What makes an account what it is."""

    name: str
    url: str
    time: dict[str, int]
    parts: dict[str, dict[str, Any]]


def parts(office: Office) -> dict[str, Part]:
    """Everything that an account consists of, by name."""
    desk = office.desk
    return {
        "account": desk.account,
        "fields": desk.fields,
        "user fields": desk.user_fields,
        "organization fields": desk.organization_fields,
        "forms": desk.forms,
        "statuses": desk.statuses,
        "groups": desk.groups,
        "group memberships": desk.groups.memberships,
        "organizations": desk.organizations,
        "organization memberships": desk.organizations.memberships,
        "people": desk.people,
        "identities": desk.people.identities,
        "uploads": desk.uploads,
        "tickets": desk.tickets,
        "bin": desk.bin,
        "suspended": desk.suspended,
        "arriving": desk.arriving,
        "ratings": desk.ratings,
        "side": desk.side,
        "webhooks": desk.webhooks,
        "triggers": desk.triggers,
        "keys": desk.keys,
        "jobs": desk.jobs,
        "catalogue": desk.catalogue,
        "limits": office.limits,
    }


def kept(name: str, office: Office) -> bytes:
    """A copy of the account of this name."""
    held = {each: part.contents() for each, part in parts(office).items()}
    return packed(Copy(name, office.desk.account.url, office.clock.contents(), held))


def put_back(name: str, office: Office, copy: bytes) -> None:
    """Make the account of this name what a copy of it, or of another, says; refused for what is no copy."""
    state = unpacked(copy)
    known = parts(office)
    if not isinstance(state, Copy):
        raise UsageError("this is no account of the helpdesk")
    if not (_alike(state.parts, known) and _alike(state.time, office.clock.contents())) or not all(
        part.fits(state.parts[each]) for each, part in known.items()
    ):
        raise UsageError("this account of the helpdesk was kept by another release")
    account, hooks = office.desk.account, office.desk.webhooks
    if state.url not in ("", account.url):
        _readdress(state.parts, state.url, account.url)
    if state.name != name:
        state.parts["account"] = account.adopted(state.parts["account"])
        state.parts["webhooks"] = {each: {} for each in hooks.KEPT}
    before = dict(hooks.all)
    office.clock.become(state.time)
    for each, part in known.items():
        part.become(state.parts[each])
    for number, webhook in before.items():
        if number not in hooks.all:
            office.courier.forget(webhook)
    for webhook in hooks.all.values():
        office.courier.register(webhook)


def _alike(given: Any, known: Mapping[str, Any]) -> bool:
    return isinstance(given, dict) and given.keys() == known.keys()


def _readdress(held: Mapping[str, Mapping[str, Any]], before: str, after: str) -> None:
    """Let records name the address at which the fake is reached now."""
    for part in held.values():
        for record in _records(part.values()):
            if isinstance(record, dict) and str(record.get("url")).startswith(f"{before}/"):
                record["url"] = after + record["url"].removeprefix(before)
    answers: dict[str, KeptAnswer] = held["keys"]["_kept"]
    for key, one in answers.items():
        answers[key] = replace(one, answer=one.answer.replace(f"{before}/".encode(), f"{after}/".encode()))


def _records(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, Shelf):
            yield from value
        elif isinstance(value, dict):
            yield from _records(each for each in value.values() if isinstance(each, Shelf))
