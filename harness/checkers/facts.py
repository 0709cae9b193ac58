"""What must really have happened for a cell to count: a pass that nothing tested is no pass.

One function for each word, `(history, cell, args) -> (occurred, detail)`; the detail says what was looked for and how
much of it there was. Looks at what happened, never at what was planned.
"""

from collections.abc import Callable, Mapping
from typing import Any

from harness.checkers.cells import CellView
from harness.checkers.happenings import (
    deliveries,
    most_at_once,
    of_people,
    own_intents,
    pairs_out_of_order,
    times_told_again,
    was_overtaken,
)
from harness.checkers.history import History

Args = Mapping[str, Any]
Answer = tuple[bool, str]
Fact = Callable[[History, CellView, Args], Answer]
LOST_ON_THE_WAY = frozenset({"lost_reply", "cut_reply", "hang_after", "unended_reply"})
SLOW = frozenset({"slow_reply", "delay", "hang", "hang_after", "unended_reply", "trickle"})


def _enough(number: int, args: Args, what: str) -> Answer:
    least = int(args.get("min", 1))
    return number >= least, f"{number} {what}, {least} needed"


def _weather(kind: str) -> Fact:
    def fact(history: History, cell: CellView, args: Args) -> Answer:
        number = sum(one.get("kind") == kind for one in of_people(history, cell, "weather"))
        return _enough(number, args, f"times {kind.replace('_', ' ')} on the phone's side")

    return fact


def reply_lost(history: History, cell: CellView, args: Args) -> Answer:
    """The answer to something that was done got lost: on the way to the phone, or on the way from a vendor."""
    number = sum(one.get("kind") == "reply_lost" for one in of_people(history, cell, "weather"))
    for fault in of_people(history, cell, "fault"):
        fits = args.get("fake") in (None, fault.get("fake"))
        number += fits and fault.get("kind") in LOST_ON_THE_WAY and bool(fault.get("committed"))
    return _enough(number, args, "answers lost after the work was done")


def attempts(history: History, cell: CellView, args: Args) -> Answer:
    """So many requests carried the intents of the cell's own flow."""
    return _enough(sum(len(intent.mains) for intent in own_intents(history, cell)), args, "requests of its intents")


def tampered(history: History, cell: CellView, args: Args) -> Answer:
    """So many requests carried fields that no app of ours would send, and were answered."""
    number = sum(
        bool(attempt.record.get("extra")) and attempt.ms is not None
        for intent in own_intents(history, cell)
        for attempt in intent.mains
    )
    return _enough(number, args, "answered requests with fields that nobody asked for")


def same_key(history: History, cell: CellView, args: Args) -> Answer:
    """Every intent that was sent more than once was sent with one key."""
    repeated = [intent for intent in own_intents(history, cell) if len(intent.mains) > 1]
    keys = [{attempt.record.get("key") for attempt in intent.mains} for intent in repeated]
    good = [one for one in keys if len(one) == 1 and None not in one]
    return bool(keys) and len(good) == len(keys), f"{len(good)} of {len(keys)} repeated intents kept one key"


def taps(history: History, cell: CellView, args: Args) -> Answer:
    """So many taps, sent or swallowed by the app's guard, or so many requests begun within `within_ms`."""
    within_ns = float(args.get("within_ms", 1000)) * 1e6
    most = 0
    for intent in own_intents(history, cell):
        tapped = sum(one.get("intent") == intent.id for one in history.of("tap", intent.record["person"]))
        begun = sorted(int(attempt.record["at"]) for attempt in intent.mains)
        close = max((sum(start <= one <= start + within_ns for one in begun) for start in begun), default=0)
        most = max(most, tapped, close)
    return _enough(most, args, "taps")


def delivered_again(history: History, cell: CellView, args: Args) -> Answer:
    """One event was told, and answered, so many times after its first."""
    return _enough(times_told_again(history, cell, args.get("resigned")), args, "times one event was told again")


def overlapped(history: History, cell: CellView, args: Args) -> Answer:
    """So many deliveries of one event were under way at one moment."""
    least = int(args.get("min", 2))
    most = most_at_once(history, cell)
    return most >= least, f"{most} deliveries of one event at once, {least} needed"


def forged(history: History, cell: CellView, args: Args) -> Answer:
    """An untrue or wrongly signed delivery arrived and was answered."""
    number = 0
    for delivery in deliveries(history, cell):
        forgery, lie = delivery.record.get("forgery"), delivery.record.get("lie")
        wanted = args.get("forgery")
        fits = (forgery or (lie and "valid")) if wanted is None else wanted in (forgery, "valid" if lie else None)
        number += bool(fits) and delivery.answered
    return _enough(number, args, f"answered deliveries of the forgery {args.get('forgery') or 'any'}")


def dressed(history: History, cell: CellView, args: Args) -> Answer:
    """A genuine event arrived in this unusual way, and was answered."""
    number = sum(one.answered and one.record.get("dress") == args.get("dress") for one in deliveries(history, cell))
    return _enough(number, args, f"answered deliveries told as {args.get('dress')}")


def out_of_order(history: History, cell: CellView, args: Args) -> Answer:
    """An older event was told for the first time after a newer one of the same person."""
    return _enough(pairs_out_of_order(history, cell, answered_before=False), args, "events overtaken by newer ones")


def late(history: History, cell: CellView, args: Args) -> Answer:
    """An older event was told for the first time after a newer one had been acknowledged."""
    return _enough(pairs_out_of_order(history, cell, answered_before=True), args, "events first told after newer ones")


def overtaken(history: History, cell: CellView, args: Args) -> Answer:
    """An event was told before the vendor had answered the call that caused it."""
    return _enough(was_overtaken(history, cell), args, "events told before their call was answered")


def fault_fired(history: History, cell: CellView, args: Args) -> Answer:
    """A planned fault of this vendor (and kind) really hit one of the cell's people."""
    fake, kind = args.get("fake"), args.get("kind")
    number = sum(
        fake in (None, fault.get("fake")) and kind in (None, fault.get("kind"))
        for fault in of_people(history, cell, "fault")
    )
    return _enough(number, args, f"faults {kind or 'of any kind'} at {fake or 'any vendor'}")


def tapped_while_held(history: History, cell: CellView, args: Args) -> Answer:
    """Another request of the person was sent while a vendor's answer to one of their calls was held."""
    number = 0
    for fault in of_people(history, cell, "fault"):
        if fault.get("kind") == "barrier":
            begun, ended = int(fault["at"]), _answered_at(history, fault)
            attempts = history.attempts_of.get(fault["person"], ())
            number += sum(attempt.main and begun <= attempt.at <= ended for attempt in attempts)
    return _enough(number, args, "requests while an answer was held")


def crashed_while_parked(history: History, cell: CellView, args: Args) -> Answer:
    """The pipeline was hit (`phase` says how) while a vendor's answer to a call of the cell's people was under way."""
    parked = [
        (int(fault["at"]), _answered_at(history, fault))
        for fault in of_people(history, cell, "fault")
        if fault.get("kind") == "hang_after"
    ]
    crashes = [begin for name, begin, _, _ in history.phases if name == args.get("phase", "crash")]
    number = sum(begun <= crash <= ended for begun, ended in parked for crash in crashes)
    return _enough(number, args, "crashes while its people were parked")


def crashed(history: History, cell: CellView, args: Args) -> Answer:
    """The pipeline was killed after the cell's people had wanted something."""
    wishes = [intent.at for person in cell.persons for intent in history.intents_of.get(person, ())]
    first = min(wishes, default=history.ended)
    number = sum(name == "crash" and begin >= first for name, begin, _, _ in history.phases)
    return _enough(number, args, "crashes after its people had wanted something")


def _answered_at(history: History, fault: Mapping[str, Any]) -> int:
    """When the faulted call was over; the end of the run, if never."""
    call = history.calls.get(fault.get("call") or "")
    return int(call.answered["at"]) if call and call.answered else history.ended


def outage(history: History, cell: CellView, args: Args) -> Answer:
    """A vendor was away for everybody while this cell was played."""
    number = sum(
        name.partition(" ")[0] == "outage" and record.get("cell") == cell.id for name, _, _, record in history.phases
    )
    return _enough(number, args, "outages for everybody")


def neighbours(history: History, cell: CellView, args: Args) -> Answer:
    """So many people who met no fault wanted something after another of the cell had met one."""
    met = [int(fault["at"]) for fault in of_people(history, cell, "fault")]
    number = sum(
        any(intent.at >= min(met) for intent in history.intents_of.get(person, ()))
        for person in cell.persons
        if met and not history.of("fault", person)
    )
    return _enough(number, args, "neighbours of somebody who met a fault")


def vendor_slow(history: History, cell: CellView, args: Args) -> Answer:
    """A vendor took at least `min_s` to answer, or did not answer at all."""
    least_ms = float(args.get("min_s", 1.0)) * 1e3
    number = sum(fault.get("kind") in SLOW for fault in of_people(history, cell, "fault"))
    for person in cell.persons:
        for call in history.calls_of.get(person, ()):
            if args.get("fake") in (None, call.received.get("fake")):
                number += call.answered is not None and float(call.answered.get("ms") or 0) >= least_ms
    return _enough(number, args, f"calls that took {least_ms / 1e3:g} s or more")


def provider_acted(history: History, cell: CellView, args: Args) -> Answer:
    """The vendor's own side did this."""
    act = args.get("act")
    number = sum(act in (None, one.get("act")) for one in of_people(history, cell, "act"))
    return _enough(number, args, f"acts {act or 'of any kind'} of the vendor's own side")


def intervened(history: History, cell: CellView, args: Args) -> Answer:
    """So much was tried again by hand."""
    return _enough(len(of_people(history, cell, "intervention")), args, "interventions by hand")


def probed(history: History, cell: CellView, args: Args) -> Answer:
    """So many requests that are meant to be refused were sent."""
    return _enough(len(history.probes_of.get(cell.id, ())), args, "probes")


def read_final(history: History, cell: CellView, args: Args) -> Answer:
    """The app's state was read well at the very end, for everybody whose state was ever read."""
    readers = [person for person in cell.persons if history.of("read", person)]
    good = [
        person
        for person in readers
        if any(read.get("phase") == "final" and read.get("status") == 200 for read in history.of("read", person))
    ]
    return bool(good) and good == readers, f"{len(good)} of {len(readers)} people were read well at the very end"


def dead_lettered(history: History, cell: CellView, args: Args) -> Answer:
    """Somebody was told of a dead letter of these people."""
    number = 0
    for person in cell.persons:
        for sink in history.sinks_of.get(person, ()):
            if sink.startswith("alerts."):
                number += sum("dead letter" in str(thing.values).lower() for thing in history.things(person, sink))
    return _enough(number, args, "messages about a dead letter")


def declined(history: History, cell: CellView, args: Args) -> Answer:
    """The bank said no."""
    at_vendor = sum(len(history.things(person, "payments.decline")) for person in cell.persons)
    on_phone = sum(one.get("result") == "declined" for one in of_people(history, cell, "pay"))
    return _enough(max(at_vendor, on_phone), args, "payments declined")


def notice_opened(history: History, cell: CellView, args: Args) -> Answer:
    """An old push was opened, and the pipeline answered."""
    number = sum(
        attempt.record.get("operation") == "open_notice" and attempt.ms is not None
        for person in cell.persons
        for attempt in history.attempts_of.get(person, ())
    )
    return _enough(number, args, "notices opened and answered")


def doubled(history: History, cell: CellView, args: Args) -> Answer:
    """A button without any guard, tapped in the same way, felt so many taps."""
    felt = [int(one.get("felt") or 0) for one in of_people(history, cell, "page") if one.get("event") == "control"]
    least = int(args.get("min", 2))
    return bool(felt) and min(felt) >= least, f"the unguarded button felt {felt or 'nothing'}, {least} taps needed"


def page_ended(history: History, cell: CellView, args: Args) -> Answer:
    """The page was killed, or loaded again, while a wish was under way."""
    ends = [one for one in of_people(history, cell, "page") if one.get("event") in ("killed", "reloaded")]
    return _enough(sum(bool(one.get("under_way")) for one in ends), args, "ends of a page with a wish under way")


def page_offline(history: History, cell: CellView, args: Args) -> Answer:
    """Airplane mode was on, in a page."""
    number = sum(one.get("event") == "offline" for one in of_people(history, cell, "page"))
    return _enough(number, args, "times a page was offline")


FACTS: dict[str, Fact] = {
    "offline": _weather("offline"), "request_lost": _weather("request_lost"), "flapped": _weather("flap"),
    "reply_lost": reply_lost, "attempts": attempts, "tampered": tampered, "same_key": same_key, "taps": taps,
    "delivered_again": delivered_again, "overlapped": overlapped, "forged": forged, "dressed": dressed,
    "out_of_order": out_of_order,
    "late": late, "overtaken": overtaken, "fault_fired": fault_fired, "outage": outage, "neighbours": neighbours,
    "vendor_slow": vendor_slow, "tapped_while_held": tapped_while_held, "crashed_while_parked": crashed_while_parked,
    "crashed": crashed,
    "provider_acted": provider_acted, "probed": probed, "intervened": intervened,
    "read_final": read_final, "dead_lettered": dead_lettered,
    "declined": declined, "notice_opened": notice_opened, "doubled": doubled, "page_ended": page_ended,
    "page_offline": page_offline, "after_reply": _weather("after_reply"), "slow": _weather("slow"),
    "hanging": _weather("hanging"), "cut": _weather("cut"),
}  # fmt: skip
