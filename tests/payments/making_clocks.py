"""Makes a test clock, so that its shape can be judged."""

from tests.payments.conftest import Bare


def make(bare: Bare) -> None:
    """A clock with a customer, sent forward."""
    clock = bare.post("test_helpers/test_clocks", frozen_time=1_800_000_000, name="x")
    bare.post("customers", test_clock=clock["id"])
    bare.post(f"test_helpers/test_clocks/{clock['id']}/advance", frozen_time=1_800_000_100)
