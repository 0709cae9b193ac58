"""The history: whose an effect is, what an intent came to, and that ten times the records take ten times the work."""

import sys
from types import FrameType

from harness.checkers import decide
from harness.checkers.cells import CellView
from harness.checkers.history import build
from harness.checkers.owners import MARKER
from harness.rng import MARKER_ALPHABET, MARKER_PATTERN
from tests.checkers.story import ANN, BEN, CHARGE, CONTACT, Story


def owners_of(story: Story) -> dict[str, set[str]]:
    """Object -> who has it."""
    found: dict[str, set[str]] = {}
    for (person, _), things in story.history().things_of.items():
        for thing in things:
            found.setdefault(thing.id, set()).add(person)
    return found


def test_the_marker_is_the_one_that_people_carry() -> None:
    """Checkers import no chance; the pattern is kept the same by this test."""
    assert MARKER.pattern == MARKER_PATTERN


def test_a_marker_in_the_values_makes_an_owner() -> None:
    """The text of a message names them, in any case."""
    story = Story(ANN)
    story.effect(None, "alerts.chat", "m1", text=f"about {ANN.upper()}")
    assert owners_of(story) == {"m1": {ANN}}


def test_an_object_created_for_somebody_owns_what_refers_to_it() -> None:
    """Customer, then charge, then refund: each names only the one before."""
    story = Story(ANN)
    story.effect(ANN, "payments.customer", "cus_1")
    story.effect(None, "payments.charge", "ch_1", ids=("cus_1",))
    story.effect(None, "payments.refund", "re_1", ids=("ch_1",))
    assert owners_of(story) == {"cus_1": {ANN}, "ch_1": {ANN}, "re_1": {ANN}}


def test_the_order_of_records_does_not_matter() -> None:
    """Who the customer is became known only later."""
    story = Story(ANN)
    story.effect(None, "payments.charge", "ch_1", call=None, ids=("cus_1",))
    story.effect(None, "payments.customer", "cus_1", call=None)
    story.effect(ANN, "payments.customer", "cus_1", "update")
    assert owners_of(story) == {"ch_1": {ANN}, "cus_1": {ANN}}


def test_a_shared_id_makes_no_owner() -> None:
    """A price that Ann and Ben both bought is nobody's."""
    story = Story(ANN, BEN)
    story.charge(ANN, "ch_1", ids=("price_1",))
    story.charge(BEN, "ch_2", ids=("price_1",))
    story.effect(None, "payments.charge", "ch_3", call=None, ids=("price_1",))
    assert owners_of(story) == {"ch_1": {ANN}, "ch_2": {BEN}}
    assert [effect["object"] for effect in story.history().unowned] == ["ch_3"]


def test_a_shared_id_does_not_mix_people_up() -> None:
    """Ben's charge names his customer and a price that only Ann is known to have bought."""
    story = Story(ANN, BEN)
    story.effect(BEN, "payments.customer", "cus_b")
    story.charge(ANN, "ch_1", ids=("price_1",))
    story.effect(None, "payments.charge", "ch_2", ids=("cus_b", "price_1"))
    assert owners_of(story)["ch_2"] == {BEN}
    assert not story.history().mixed_of


def test_ann_s_name_on_ben_s_customer_is_mixed_up() -> None:
    """The object it refers to is another's."""
    story = Story(ANN, BEN)
    story.effect(BEN, "payments.customer", "cus_b")
    story.charge(ANN, "ch_1", ids=("cus_b",))
    assert owners_of(story)["ch_1"] == {ANN, BEN}
    assert sorted(story.history().mixed_of) == [ANN, BEN]


def test_the_call_tells_when_the_effect_does_not() -> None:
    """The request carried the marker."""
    story = Story(ANN)
    call = story.call(ANN)
    story.effect(None, "helpdesk.ticket", "1", call=call)
    assert owners_of(story) == {"1": {ANN}}


def test_a_batch_of_two_does_not_make_everything_both_s() -> None:
    """A nameless effect of a call for two people is nobody's, and is collected."""
    story = Story(ANN, BEN)
    story.add("received", call="c", fake="crm", writes=True, markers=[ANN, BEN], ids=[])
    story.effect(None, "crm.contact", "1", call="c")
    assert owners_of(story) == {}
    assert len(story.history().unowned) == 1


def test_what_the_fake_believed_is_the_last_resort() -> None:
    """Ids go before; without any, its word is taken."""
    story = Story(ANN, BEN)
    story.effect(BEN, "payments.customer", "cus_b")
    effect = dict(story.effect(None, "payments.charge", "ch_1", call=None, ids=("cus_b",)), person=ANN)
    other = dict(story.effect(None, "payments.charge", "ch_2", call=None), person=ANN)
    history = build([*story.records[:-2], effect, other])
    assert [thing.id for thing in history.things(BEN, "payments.charge")] == ["ch_1"]
    assert [thing.id for thing in history.things(ANN, "payments.charge")] == ["ch_2"]


def test_a_second_creation_under_one_id_is_a_second_object() -> None:
    """A fake that lost its memory hides no duplicate."""
    story = Story(ANN)
    story.charge(ANN, "ch_1")
    story.charge(ANN, "ch_1")
    assert len(story.history().things(ANN, "payments.charge")) == 2


def test_quiet_in_the_end_forgets_who_was_not_quiet_before() -> None:
    """Only the last word counts."""
    story = Story(ANN)
    story.add("unsettled", person=ANN, blockers=["x"])
    story.add("settled", person=None, within_ms=1)
    assert not story.history().unsettled


def marker(number: int) -> str:
    """A marker for each number."""
    letters = MARKER_ALPHABET[:32]
    return "hx" + "".join(letters[number // 31**place % 31] for place in range(12))


def crowd(size: int) -> Story:
    """So many people, each with a purchase and all that comes of it."""
    story = Story()
    for number in range(size):
        who = marker(number)
        story.person(who)
        story.ok(who, CHARGE, CONTACT)
        story.effect(who, "payments.customer", f"cus_{number}")
        story.call(who)
        story.effect(
            None, "payments.charge", f"ch_{number}", ids=(f"cus_{number}", "price"), amount=900, currency="usd"
        )
        story.effect(who, "crm.contact", f"{number}", email=f"{who}@people.example.com")
        story.deliver(who, story.news(who, f"e{number}"))
        story.read(who, plan="free")
    return story


def work(size: int) -> int:
    """How many functions are called to judge a crowd: the same on every machine, unlike its time."""
    story = crowd(size)
    promises = [{"promise": name} for name in ("exactly_once", "isolated", "synced", "acknowledged", "fresh")]
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        history = story.history()
        cell = CellView(id="story[buy]", persons=list(history.persons), promises=promises, flow="buy", ended=True)
        ruling = str(decide(history, cell).ruling)
    finally:
        sys.setprofile(before)
    assert ruling == "pass"
    return calls


def test_ten_times_the_journal_take_ten_times_the_work() -> None:
    """Everything is indexed once; nothing is searched."""
    assert work(1000) < 11 * work(100)
