"""Ids: what they are made of must never be taken for a person."""

from fakes.attribution import markers_in
from fakes.payments.state.store import Account
from harness.rng import Rng


def test_no_id_reads_as_somebodys_marker_in_capitals_neither() -> None:
    """A call that names such an id would be taken for a stranger's, and the fault meant for it would not meet it."""
    account = Account("test", Rng(7).stream("ids"), lambda: 0)
    made = [account.fresh("subscription") for _ in range(3000)]
    assert [one for one in made if markers_in(one.encode())] == []
