"""The nouns of a run: frozen data, no I/O, imported by everybody and importing nobody.

person    a made-up customer with a marker in everything they send
intent    what the person wants, once
attempt   each request the phone sends for it
outcome   what the phone learned of an attempt: ok, failed (certainly not done), unknown
effect    a change a fake committed
cell      one scenario over one flow in one variant
verdict   pass, fail or unknown, with the evidence
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What the phone learned: `ok`, `failed` (certainly not done) or `unknown` (nobody knows)."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Ruling(StrEnum):
    """Three values; no evidence is `unknown`, never `pass`."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


def worst(rulings: "list[Ruling]") -> Ruling:
    """The ruling of a whole: fail over unknown over pass; of nothing, unknown."""
    if Ruling.FAIL in rulings:
        return Ruling.FAIL
    if not rulings or Ruling.UNKNOWN in rulings:
        return Ruling.UNKNOWN
    return Ruling.PASS


class Guarantee(StrEnum):
    """What a sink offers against repeats: a key, a natural key, or nothing at all."""

    IDEMPOTENT = "idempotent"
    NATURAL_KEY = "natural_key"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A made-up customer; every text of theirs carries `marker`, every address is in a reserved domain."""

    marker: str
    first_name: str
    last_name: str
    email: str
    password: str
    phone: str
    company: str
    lead: Mapping[str, str] = field(default_factory=dict)
    device: str = "iPhone 15"
    origin: str = "scenario"
    """`scenario`, `control` (calm, beside the faults) or `load`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """An effect that an intent should leave once in `sink`: `match` says which are meant, `values` what they hold.

    In both, a plain value must be equal (numbers as decimals, text after NFC); `{"contains": text}` must be part of
    it; `{"one_of": [...]}` lists the choices.
    """

    sink: str
    match: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    per: str = "intent"
    """`intent`: one for each intent; `person`: one for all intents of that person (a natural key)."""
    within_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: its class, whose it is, what was expected and the records found."""

    kind: str
    """duplicated, lost, leaked, phantom, wrong_value, stale_overwrite, disagree, late, refused, not_shown, ..."""
    message: str
    person: str | None = None
    sink: str | None = None
    expected: Any = None
    found: Any = None
    records: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a checker says of one promise: the ruling, why, the counts it rests on and the findings."""

    promise: str
    ruling: Ruling
    reason: str
    findings: tuple[Finding, ...] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)
