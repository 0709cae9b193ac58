"""What fails the gate, what is known, and what playing again can change: never a broken promise."""

import datetime as dt
from itertools import product

import pytest

from harness.gate.baseline import Known
from harness.gate.policy import Policy, policy_of
from harness.gate.ruling import decide, undecided
from tests.gating.conftest import Data, cell, finding, slo, verdict

TODAY = dt.date(2026, 11, 26)
BUY = "plain_success[buy-dollars]"
KNOWN = Known(
    cell="plain_success[buy-*]", promise="exactly_once", kind="duplicated", sink="crm.deal", reason="TICKET-17",
    owner="ann@example.com", expires=dt.date(2026, 12, 31),
)  # fmt: skip


def said(judged: Data, *known: Known, fail_on: str = "promise,slo,evidence", again: tuple[Data, ...] = ()) -> Data:
    """What the gate says."""
    return decide(judged, Policy(fail_on=policy_of(fail_on, None, 0, "all").fail_on, baseline=known), TODAY, again)


def test_a_pass_passes() -> None:
    """Nothing speaks against it."""
    told = said(verdict(cell(BUY, "pass")))
    assert (told["exit_code"], told["says"], told["reasons"]) == (0, "pass", [])


def test_a_known_failure_is_said_as_known_and_not_as_pass() -> None:
    """Exit code 0, and who, why and until when."""
    told = said(verdict(cell(BUY, "fail", finding())), KNOWN)
    assert (told["exit_code"], told["says"]) == (0, "known")
    assert told["known"][0]["owner"] == "ann@example.com"
    assert told["entries"][0]["stands"] == "known"


NEW = [
    ([finding(kind="lost")], {}),
    ([finding(sink="crm.contact")], {}),
    ([finding(), finding(kind="wrong_value")], {}),
    ([finding()], {"more": 3}),
]


@pytest.mark.parametrize(("findings", "how"), NEW, ids=["kind", "sink", "one beside", "more than shown"])
def test_a_baseline_never_hides_a_new_finding(findings: list[Data], how: Data) -> None:
    """Another kind, another sink, one new beside an old one, or findings that nobody saw: the gate fails."""
    told = said(verdict(cell(BUY, "fail", *findings, **how)), KNOWN)
    assert (told["exit_code"], told["says"]) == (1, "fail")


def test_another_cell_or_promise_is_not_known() -> None:
    """The pattern is no regular expression, and its brackets are brackets."""
    assert said(verdict(cell("plain_success[subscribe]", "fail", finding())), KNOWN)["exit_code"] == 1
    other = cell(BUY, "fail", finding())
    other["promises"][0]["promise"] = "converges"
    assert said(verdict(other), KNOWN)["exit_code"] == 1


def test_an_expired_entry_no_longer_counts() -> None:
    """The day after its last, the failure is a failure, and the entry says that it expired."""
    judged = verdict(cell(BUY, "fail", finding()))
    last = KNOWN.model_copy(update={"expires": TODAY})
    over = KNOWN.model_copy(update={"expires": TODAY - dt.timedelta(days=1)})
    assert said(judged, last)["exit_code"] == 0
    told = said(judged, over)
    assert (told["exit_code"], told["entries"][0]["stands"]) == (1, "expired")


def test_an_entry_that_no_longer_fails_says_so() -> None:
    """Only with `stale` does it fail the gate; one that was not played or not decided is another matter."""
    judged = verdict(cell(BUY, "pass"))
    assert said(judged, KNOWN)["entries"][0]["stands"] == "no longer failing"
    assert said(judged, KNOWN)["exit_code"] == 0
    assert said(judged, KNOWN, fail_on="stale")["exit_code"] == 2
    assert said(verdict(cell("x[y]", "pass")), KNOWN)["entries"][0]["stands"] == "not played"
    assert said(verdict(cell(BUY, "unknown")), KNOWN)["entries"][0]["stands"] == "not decided"


def test_a_known_limit() -> None:
    """A limit in time can be known as well; another one is not."""
    known = Known(slo="sync", reason="slow disk", owner="ben", expires=dt.date(2026, 12, 1))
    assert said(verdict(slos=(slo("sync", "fail"),), exit_code=4), known)["says"] == "known"
    assert said(verdict(slos=(slo("support", "fail"),), exit_code=4), known)["exit_code"] == 4


FAIL_ON = [
    ("promise,slo,evidence", 4, "slow"),
    ("promise,evidence", 3, "unknown"),
    ("promise", 0, "let through"),
    ("slo", 4, "slow"),
]


@pytest.mark.parametrize(("words", "code", "says"), FAIL_ON, ids=[words for words, _, _ in FAIL_ON])
def test_what_fails_the_gate(words: str, code: int, says: str) -> None:
    """A missed limit and something undecided, by what somebody wants to fail."""
    told = said(verdict(cell(BUY, "unknown"), slos=(slo("sync", "fail"),), exit_code=4), fail_on=words)
    assert (told["exit_code"], told["says"]) == (code, says)
    assert len(told["let_through"]) + len(told["reasons"]) == 2


def test_a_broken_promise_and_nothing_exercised_always_fail() -> None:
    """Whatever is asked for."""
    assert said(verdict(cell(BUY, "fail", finding())), fail_on="")["exit_code"] == 1
    assert said(verdict(cell(BUY, "unknown"), exit_code=2), fail_on="promise")["exit_code"] == 2


def test_a_route_that_a_fake_lacks_is_missing_evidence() -> None:
    """No cell is to blame, and all the same nobody knows."""
    judged = {**verdict(cell(BUY, "pass"), exit_code=3), "unknown_routes": [{"fake": "crm"}]}
    assert said(judged)["exit_code"] == 3
    assert said(judged, fail_on="promise")["says"] == "let through"


def test_only_what_was_not_decided_is_played_again() -> None:
    """Not what passed, not what broke, not calm people."""
    broken_inside = cell("d[x]", "unknown")
    broken_inside["promises"].append({**cell("d[x]", "fail")["promises"][0]})
    judged = verdict(cell("a[x]", "pass"), cell("b[x]", "fail"), cell("c[x]", "unknown"), broken_inside,
                     cell("control", "unknown", origin="control"))  # fmt: skip
    assert undecided(judged) == ["c[x]"]


@pytest.mark.parametrize("story", list(product(["pass", "fail", "unknown"], repeat=3)), ids="-".join)
def test_playing_again_never_turns_a_broken_promise_green(story: tuple[str, ...]) -> None:
    """Whatever the three runs say of a cell: once broken it is broken, and only the undecided can become a pass."""
    first, *later = (verdict(cell(BUY, ruling, finding()), run=f"run{n}") for n, ruling in enumerate(story))
    code = said(first, again=tuple(later))["exit_code"]
    decided = next((ruling for ruling in story if ruling != "unknown"), "unknown")
    assert code == {"pass": 0, "fail": 1, "unknown": 3}[decided]
    if "fail" in story and decided == "fail":
        assert code == 1


def test_what_breaks_beside_when_played_again_counts() -> None:
    """Calm people of the second run are people too."""
    later = verdict(cell(BUY, "pass"), cell("control", "fail", finding(), origin="control"), run="run1")
    told = said(verdict(cell(BUY, "unknown"), cell("control", "pass", origin="control")), again=(later,))
    assert told["exit_code"] == 1
    assert {one["cell"] for one in told["again"]} == {BUY, "control (again)"}
