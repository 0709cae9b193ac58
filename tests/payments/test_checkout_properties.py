"""Whatever people and merchants do to a session, in whatever order: money is taken once, and every end is told once."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.calls import Reply
from fakes.payments.wallet import METHODS
from tests.payments.browsing import GOOD_CARD
from tests.payments.conftest import Bare
from tests.payments.making_checkout import line

Step = tuple[str, Any]
ADJUSTABLE = {"line_items[0][adjustable_quantity][enabled]": "true", "line_items[0][adjustable_quantity][minimum]": "1"}
STEPS = st.one_of(
    st.tuples(st.just("wallet"), st.sampled_from(sorted(METHODS))),
    st.tuples(st.just("page"), st.sampled_from(["4242424242424242", "4000000000000002", "4000002760003184", "1"])),
    st.tuples(st.just("bank"), st.sampled_from(["yes", "no"])),
    st.tuples(st.just("quantity"), st.integers(0, 4)),
    st.tuples(st.just("expire"), st.none()),
    st.tuples(st.just("wait"), st.sampled_from([60, 3600, 86400])),
    st.tuples(st.just("look"), st.none()),
)


class Shop:
    """One session, and everybody who does something to it."""

    def __init__(self, capture: str) -> None:
        self.bare = Bare()
        form = {
            "success_url": "https://example.com",
            "payment_intent_data[capture_method]": capture,
            "customer_email": "a@example.com",
            **ADJUSTABLE,
        }
        made = self.bare.post("checkout/sessions", mode="payment", **line(), **form)
        self.name, self.path = made["id"], f"/c/pay/{made['id']}"

    def page(self, **fields: str) -> Reply:
        """What the page answers to a form."""
        return self.bare.raw("POST", self.path, fields)

    def do(self, step: Step) -> None:
        """One thing that somebody does; none of them may fail."""
        what, with_what = step
        if what == "wallet":
            self.bare.slice.pay(self.name, with_what)
        elif what == "page":
            assert self.page(do="pay", **{**GOOD_CARD, "cardNumber": with_what}).status in (200, 303, 400, 402, 410)
        elif what == "bank":
            self.answer(with_what)
        elif what == "quantity":
            item = self.bare.get(f"checkout/sessions/{self.name}/line_items")["data"][0]["id"]
            assert self.page(do="update", **{f"quantity_{item}": str(with_what)}).status in (200, 303, 400, 410)
        elif what == "expire":
            self.bare.post(f"checkout/sessions/{self.name}/expire")
        elif what == "wait":
            self.bare.clock.advance(with_what)
        else:
            assert self.bare.raw("GET", self.path).status in (200, 303, 410)

    def answer(self, answer: str) -> None:
        """The buyer answers their bank, if it asked."""
        intent = self.bare.slice._provider.account().find("payment_intent", self.session["payment_intent"])
        if intent is not None:
            path = f"/redirect/authenticate/{intent['id']}?client_secret={intent['client_secret']}"
            call = self.bare.call("POST", path.partition("?")[0], {"answer": answer})
            call.params["client_secret"] = intent["client_secret"]
            assert call.route is not None
            reply = call.route.handler(call)
            assert isinstance(reply, Reply)
            assert reply.status in (200, 303)

    @property
    def session(self) -> dict[str, Any]:
        """The session as it is now."""
        return self.bare.get(f"checkout/sessions/{self.name}")


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, max_size=10), capture=st.sampled_from(["automatic", "manual"]))
def test_money_is_taken_once(steps: list[Step], capture: str) -> None:
    """At most one charge succeeds, of exactly what the session shows; a session ends once, and says how once."""
    shop = Shop(capture)
    for step in steps:
        shop.do(step)
    now, bare = shop.session, shop.bare
    charges = [one for one in bare.get("charges", limit=100)["data"] if one["status"] == "succeeded"]
    ends = [kind for kind in bare.types if kind in ("checkout.session.completed", "checkout.session.expired")]
    assert len(ends) == (now["status"] != "open")
    assert ends in ([], [f"checkout.session.{'completed' if now['status'] == 'complete' else 'expired'}"])
    if now["status"] == "complete" and now["amount_total"]:
        assert [one["amount"] for one in charges] == [now["amount_total"]]
        assert now["payment_status"] == ("paid" if capture == "automatic" else "unpaid")
    else:
        assert charges == []
    assert (now["url"] is None) is (now["status"] != "open")
    begun = bare.slice._provider.account().find("payment_intent", now["payment_intent"])
    assert now["status"] != "expired" or begun is None or begun["status"] == "canceled"
