"""An object made and acted on in one call is not left behind when the act is refused as such."""

from collections.abc import Iterator
from contextlib import contextmanager

from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem
from fakes.payments.state.store import Thing


@contextmanager
def whole(moment: Moment, thing: Thing) -> Iterator[None]:
    """Forget the new object if what is done inside is refused; a decline keeps it, as the provider does."""
    try:
        yield
    except Problem as problem:
        if problem.kind != "card_error":
            del moment.account.tables[thing["object"]][thing["id"]]
        raise
