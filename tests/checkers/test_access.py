"""Access after the provider acted: each policy has a story that breaks it, and one without evidence."""

import pytest

from tests.checkers.story import ANN, Story, said

TARGET = {"truth": {"plan": "plan"}, "free_plan": "free"}


def renewed_badly(after: str, before: str = "pro") -> Story:
    """Ann has a plan, her bank declines, and her app is looked at before and after."""
    story = Story(ANN)
    story.read(ANN, "during", plan=before)
    story.act(ANN, "fail_renewal", "sub_1")
    story.read(ANN, plan=after)
    return story


@pytest.mark.parametrize(
    ("policy", "after", "expected"),
    [
        ("kept", "pro", ("pass", [])),
        ("kept", "free", ("fail", ["wrong_access"])),
        ("ended", "free", ("pass", [])),
        ("ended", "pro", ("fail", ["wrong_access"])),
    ],
)
def test_what_the_policy_says_must_be_shown(policy: str, after: str, expected: tuple[str, list[str]]) -> None:
    """The other policy is the violation."""
    assert said(renewed_badly(after).judged("access", on=TARGET, access=policy)) == expected


def test_who_never_had_a_plan_says_nothing() -> None:
    """Nor does somebody whose provider did nothing."""
    assert said(renewed_badly("free", before="free").judged("access", on=TARGET, access="kept")) == ("unknown", [])
    story = Story(ANN)
    story.read(ANN, plan="pro")
    assert said(story.judged("access", on=TARGET, access="kept")) == ("unknown", [])
