"""The vocabulary of scenarios: what must hold (promises) and what must have happened for it to count (facts).

Plain data, stored in the run folder beside the journals, so that judging imports no scenario. What each word means is
decided in `harness/checkers`; a word that is unknown there makes the cell `unknown`.
"""

from collections.abc import Sequence
from typing import Any

Words = dict[str, Any]


def exactly_once() -> Words:
    """Each intent leaves each of its effects once: none duplicated, lost, leaked, phantom or wrong in value."""
    return {"promise": "exactly_once"}


def converges() -> Words:
    """After quiet, the app, the payment provider and the CRM say the same."""
    return {"promise": "converges"}


def fresh() -> Words:
    """What the app and the CRM show never goes back to an older state."""
    return {"promise": "fresh"}


def isolated() -> Words:
    """Nothing of these people is in other people's records, nor the other way round."""
    return {"promise": "isolated"}


def acknowledged(within_s: float = 2.0) -> Words:
    """The app had its answer within this time, whatever the vendors did."""
    return {"promise": "acknowledged", "within_s": within_s}


def synced(within_s: float = 30.0, sink: str | None = None) -> Words:
    """The effects were there within this time of the first attempt."""
    return {"promise": "synced", "within_s": within_s, **({"sink": sink} if sink else {})}


def shown(*words: str) -> Words:
    """The app was given one of these words to show."""
    return {"promise": "shown", "one_of": list(words)}


def unmoved() -> Words:
    """Nothing of these people changed after the first untrue event about them, whatever was answered."""
    return {"promise": "unmoved"}


def taken() -> Words:
    """Every genuine event about these people was acknowledged in the end."""
    return {"promise": "taken"}


def discreet() -> Words:
    """What is meant for one person, nobody else may keep on its way or read."""
    return {"promise": "discreet"}


def shown_in_time(*words: str) -> Words:
    """In a page: one of these words is to be seen within the app's own limit of each tap, whatever the network does."""
    return {"promise": "shown_in_time", "one_of": list(words)}


def screen_true() -> Words:
    """In a page: once all is quiet, no screen says anything that the server contradicts."""
    return {"promise": "screen_true"}


def told_first() -> Words:
    """In a page: nothing is claimed ("Paid") before an answer said so."""
    return {"promise": "told_first"}


def one_wish() -> Words:
    """In a page: one wish is one key, however often it is tapped or tried again, and one row in the app's list."""
    return {"promise": "one_wish"}


def kept() -> Words:
    """In a page: a wish that was under way when the app was killed comes through."""
    return {"promise": "kept"}


def never(sink: str, **match: Any) -> Words:
    """No such effect exists for these people."""
    return {"promise": "never", "sink": sink, **({"match": match} if match else {})}


def never_shows(app: str, value: Any) -> Words:
    """The app never had this value at this place of its state."""
    return {"promise": "never", "app": app, "equals": value}


def access(is_: str) -> Words:
    """After the provider has acted, what was paid for is still `kept`, or has `ended`, as the target's policy says."""
    return {"promise": "access", "access": is_}


def refused() -> Words:
    """Every probe got one of its expected statuses, without inner details, and left no effect."""
    return {"promise": "refused"}


def alerted(
    sinks: Sequence[str],
    *,
    contains: Sequence[str] = (),
    times: int = 1,
    within_s: float = 900.0,
    secrets: Sequence[str] = (),
) -> Words:
    """So many messages about these people in each of these sinks, within this time, and none holds any of these words.

    `secrets` are words of the scenario's own, that its people typed in; never a real one.
    """
    return {
        "promise": "alerted",
        "sinks": list(sinks),
        "contains": list(contains),
        "times": times,
        "within_s": within_s,
        **({"secrets": list(secrets)} if secrets else {}),
    }


def polite(attempts: int = 20) -> Words:
    """Vendors in trouble are tried again a bounded number of times, ever more slowly, and not before they asked for."""
    return {"promise": "polite", "attempts": attempts}


def guarded(*words: str, sinks: Sequence[str] = ("alerts.chat", "alerts.mail"), within_s: float = 900.0) -> Words:
    """The team was told, in each of these sinks, of something that is wrong with everybody."""
    return {"promise": "guarded", "sinks": list(sinks), "contains": list(words), "within_s": within_s}


def no_herd(fake: str) -> Words:
    """After an outage of this vendor the calls that have waited come back spread over time."""
    return {"promise": "no_herd", "fake": fake}


def of_spared(promise: Words) -> Words:
    """The same about those of the cell's people whose own calls met no fault."""
    return {**promise, "of": "spared"}


def of_faulted(promise: Words) -> Words:
    """The same about those of the cell's people whose own calls met a fault."""
    return {**promise, "of": "faulted"}


def attachment_intact() -> Words:
    """The attachment arrived byte for byte."""
    return {"promise": "attachment_intact"}


def fact(name: str, **args: Any) -> Words:
    """Something that must have occurred; if it did not, the cell is `unknown`."""
    return {"fact": name, **args}
