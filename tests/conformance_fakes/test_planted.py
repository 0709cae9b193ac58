"""The suite itself: a tiny vendor passes every check, and with one flaw planted the right check turns red."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import orjson
import pytest

from fakes.calls import Slice
from fakes.world import World
from harness.rng import Rng
from tests.conformance_fakes import checks, copies, inputs
from tests.conformance_fakes.checks import Check
from tests.conformance_fakes.conftest import standing
from tests.conformance_fakes.stand import Ask, Case
from tests.fakes_core import tiny

JSON = {"content-type": "application/json"}


CASE = Case(
    name="tiny",
    module="tests.conformance_fakes.tiny",
    sink=tiny.THINGS,
    credentials=lambda fakes: {"authorization": "Bearer right"},
    create=lambda marker, number: Ask("POST", "/things", JSON, orjson.dumps({"name": f"{number} {marker}"})),
    id_of=lambda answer: str(answer.json()["id"]),
    show=lambda fakes, object_id: Ask("GET", f"/things/{object_id}"),
    is_shown=lambda answer, object_id: answer.status_code == 200,
    is_refusal=lambda answer: answer.status_code >= 400 and "error" in answer.json(),
    unknown=Ask("GET", "/nowhere"),
    malformed=Ask("POST", "/things", JSON, b"{"),
    wrong_type=Ask("POST", "/things", {"content-type": "application/xml"}, b"<thing/>"),
    wrong_credentials={"authorization": "Bearer wrong"},
    accounts=({"authorization": "Bearer right.one"}, {"authorization": "Bearer right.two"}),
    has_fidelity=False,
)
"""How the tiny vendor is spoken to."""


ALL: tuple[Check, ...] = (*checks.CHECKS, *copies.CHECKS, *inputs.CHECKS)
PLANTED: list[tuple[str, Check]] = [
    ("hidden acts", checks.shape),
    ("no sink", checks.shape),
    ("no effect", checks.journal),
    ("two effects", checks.journal),
    ("reads that write", checks.journal),
    ("tells a secret", checks.secrets),
    ("plain errors", checks.faults),
    ("no effect", checks.faults),
    ("reads that write", checks.aimed),
    ("loses objects", checks.lost_reply),
    ("two effects", checks.barriers),
    ("remembers", checks.reset),
    ("any credential", checks.accounts),
    ("one account", checks.accounts),
    ("keeps what is newer", copies.put_back),
    ("restores nothing", copies.put_back),
    ("counts anew", copies.put_back),
    ("copies another account", copies.forked),
    ("keeps what is newer", copies.forked),
    ("forks share", copies.forked),
    ("believes any copy", copies.refused),
    ("clears before it looks", copies.refused),
    ("keeps one account", copies.kept),
    ("counts anew later", copies.kept),
    ("other keys", copies.kept),
    ("knows everything", inputs.unknown_route),
    ("guesses bodies", inputs.malformed),
    ("takes too much", inputs.body_limit),
    ("breaks on NUL", inputs.nasty),
]


@pytest.mark.parametrize("check", ALL, ids=[check.__name__ for check in ALL])
def test_a_sound_fake_passes(tmp_path: Path, check: Check) -> None:
    """Nothing is asked that a small fake could not keep."""
    with standing(CASE, tmp_path) as stand:
        check(stand)


@pytest.mark.parametrize(("flaw", "check"), PLANTED, ids=[f"{flaw}-{check.__name__}" for flaw, check in PLANTED])
def test_a_planted_flaw_is_found(tmp_path: Path, flaw: str, check: Check) -> None:
    """The check that guards against it turns red."""
    with (
        standing(replace(CASE, settings={"flaw": flaw}), tmp_path) as stand,
        pytest.raises((AssertionError, ValueError, KeyError)),
    ):
        check(stand)


def test_a_fake_without_snapshots_is_found(tmp_path: Path) -> None:
    """One that lacks them does not conform."""
    with standing(CASE, tmp_path) as stand:
        copies.powers(stand)
        stand.slice = cast(Slice, tiny.Tiny(World(fake="tiny", rng=Rng(1), ledger=stand.core.desk("tiny"))))
        with pytest.raises(AssertionError, match="no snapshots"):
            copies.powers(stand)


def test_a_missing_page_is_found(tmp_path: Path) -> None:
    """A fake without fidelity pages does not conform."""
    with standing(replace(CASE, has_fidelity=True), tmp_path) as stand, pytest.raises(AssertionError):
        checks.fidelity(stand)
