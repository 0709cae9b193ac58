"""Every fake passes every check."""

import pytest

from fakes.serve import NAMES
from tests.conformance_fakes import checks, copies, inputs
from tests.conformance_fakes.cases import CASES
from tests.conformance_fakes.checks import Check
from tests.conformance_fakes.stand import Stand

ALL: tuple[Check, ...] = (*checks.CHECKS, *copies.CHECKS, *inputs.CHECKS)


@pytest.mark.parametrize("check", ALL, ids=[check.__name__ for check in ALL])
def test_a_fake_conforms(stand: Stand, check: Check) -> None:
    """It holds for this fake."""
    check(stand)


def test_no_fake_is_left_out() -> None:
    """Each fake that is served by default has a case, and so have those that a file declares."""
    assert {case.module for case in CASES} == {*NAMES, "generic"}
