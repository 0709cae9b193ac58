"""The signature scenarios name every way that the fakes can sign, and none that they cannot."""

import pytest

from fakes.crm.slice import MANIFEST as CRM
from fakes.helpdesk.slice import MANIFEST as HELPDESK
from fakes.payments.slice import MANIFEST as PAYMENTS
from scenarios import CATALOGUE
from scenarios.invalid_signatures import fake_of

ELSEWHERE = {"valid", "expired", "future"}
"""Told by `replayed_signatures`, by every true event, or not judged: clients differ about the future."""


MANIFESTS = {"payments": PAYMENTS, "crm": CRM, "helpdesk": HELPDESK}


def tried(fake: str, scenario: str) -> set[str]:
    """The ways of this fake that a scenario has cells for."""
    (cells,) = (one.cells() for one in CATALOGUE if one.name == scenario)
    return {way for one, way in map(fake_of, cells) if one == fake}


@pytest.mark.parametrize("fake", sorted(MANIFESTS))
def test_every_way_to_sign_is_tried(fake: str) -> None:
    """A new forgery of a fake that no cell tries fails here."""
    manifest = MANIFESTS[fake]
    offered, genuine = set(manifest.forgeries), set(manifest.genuine)
    wrong = tried(fake, "invalid_signatures")
    assert wrong - offered == set()
    assert offered - genuine - wrong - ELSEWHERE == set()
    assert tried(fake, "odd_signatures") == genuine | set(manifest.dresses)
