"""What an answer allows others is seen by its headers alone."""

import pytest

from harness.phone.exchange import Exchanged
from harness.phone.indiscreet import indiscretions
from harness.phone.request import Request

OURS = {"Authorization": "Bearer t"}
ELSEWHERE = {**OURS, "Origin": "https://elsewhere.example.com"}


def seen(sent: dict[str, str], status: int | None = 200, /, **headers: str) -> list[str]:
    """The kinds of indiscretion of an answer with these headers."""
    request = Request(method="GET", url="http://x/me", path="/me", headers=sent)
    answer = Exchanged(status=status, headers={name.replace("_", "-"): text for name, text in headers.items()})
    return [kind for kind, _ in indiscretions(request, answer)]


@pytest.mark.parametrize("kept", ["public, max-age=60", "s-maxage=60", "PUBLIC"])
@pytest.mark.parametrize("ours", [OURS, {"Cookie": "session=t"}], ids=["token", "cookie"])
def test_a_private_answer_that_may_be_kept(kept: str, ours: dict[str, str]) -> None:
    """Somebody signed in asked, whichever way they say who they are, and anybody on the way may keep the answer."""
    assert seen(ours, cache_control=kept) == ["may_be_kept"]


def test_what_is_no_indiscretion() -> None:
    """No header at all, a private answer, a public one to nobody in particular, a refusal, no answer."""
    assert seen(OURS) == []
    assert seen(OURS, cache_control="private, max-age=60") == []
    assert seen({}, cache_control="public, max-age=60") == []
    assert seen(OURS, 404, cache_control="public, max-age=60") == []
    assert seen(OURS, None, cache_control="public") == []


def test_a_stranger_who_may_read_with_our_credentials() -> None:
    """Only the two headers together do harm: for everybody without credentials is fine where tokens are used."""
    both = {"access_control_allow_origin": ELSEWHERE["Origin"], "access_control_allow_credentials": "true"}
    assert seen(ELSEWHERE, 200, **both) == ["strangers_may_read"]
    assert seen(ELSEWHERE, access_control_allow_origin=ELSEWHERE["Origin"]) == []
    assert seen(ELSEWHERE, access_control_allow_origin="*", access_control_allow_credentials="true") == []
    assert seen(OURS, 200, **both) == []
