"""The page on which a customer answers their bank: they say yes or no, and are sent back to the shop.

Open to whoever holds the address, as in real life: it carries the client secret. A person presses a button; a test
posts `answer=yes` or `answer=no` to the same address.
"""

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode

from fakes.calls import Call, Reply, Route
from fakes.payments.events import Asked
from fakes.payments.hosted import view
from fakes.payments.state import due, paying, setups, sources
from fakes.payments.state.money import shown
from fakes.payments.state.provider import Provider
from fakes.payments.state.standing import Standing
from fakes.payments.state.store import Account, Thing

TEMPLATE = "/redirect/authenticate/{id}"

WAITS = ("requires_action", "pending")
_KINDS = {"pi": "payment_intent", "seti": "setup_intent", "src": "source"}
_ANSWERS: dict[str, Callable[..., object]] = {
    "payment_intent": paying.answered,
    "setup_intent": setups.answered,
    "source": sources.answered,
}


class Bank:
    """Shows the page and takes the answer."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.routes = [
            Route(method=method, template=TEMPLATE, operation=f"{method} {TEMPLATE}", handler=handler, writes=writes)
            for method, handler, writes in (("GET", self.show, False), ("POST", self.take, True))
        ]

    def reads(self, call: Call) -> bool:
        """Whether this call is for the page, which needs no key; fills its parameters."""
        if call.route not in self.routes:
            return False
        given = parse_qs(call.query) | parse_qs(call.body.decode("utf-8", "replace"))
        call.params = {name: values[0] for name, values in given.items()}
        return True

    def show(self, call: Call) -> Reply:
        """The page."""
        held = self._held(call)
        if held is None:
            return _page(404, "There is nothing here.")
        return _page(200, *_text(held[1]))

    def take(self, call: Call) -> Reply:
        """The customer's answer; sends them back to the shop, or shows how it ended."""
        held = self._held(call)
        if held is None:
            return _page(404, "There is nothing here.")
        account, intent = held
        if call.params.get("answer") not in ("yes", "no"):
            return _page(400, "The answer is `yes` or `no`.")
        if intent["status"] in WAITS:
            yes = call.params["answer"] == "yes"
            moment = self._provider.moment(account, Asked(account.fresh("request")), client=True)
            with due.held(account, intent):
                _ANSWERS[intent["object"]](moment, intent, yes=yes)
            self._provider.commit(moment, call, intent)
        return _back(account, intent)

    def _held(self, call: Call) -> tuple[Account, Thing] | None:
        name = call.at["id"]
        kind = _KINDS.get(name.partition("_")[0], "payment_intent")
        account = self._provider.holder(kind, name)
        intent = None if account is None else account.find(kind, name)
        if account is None or intent is None or intent["client_secret"] != call.params.get("client_secret"):
            return None
        return account, intent


def _text(intent: Thing) -> tuple[str, bool]:
    """What the page says, and whether it asks."""
    if intent["status"] not in WAITS:
        return f"This is {intent['status'].replace('_', ' ')}.", False
    if intent.get("amount") is not None:
        return f"Do you want to pay {shown(intent['amount'], intent['currency'])}?", True
    return "Do you want to save this way to pay?", True


def _page(status: int, text: str, asks: bool = False) -> Reply:
    return view.page(status, "bank", title="Is this you?" if asks else "Your bank", text=text, asks=asks)


def _back(account: Account, intent: Thing) -> Reply:
    where = account.side(Standing).return_urls.get(intent["id"])
    if not where:
        return _page(200, *_text(intent))
    kind = intent["object"]
    failed = intent["status"] in ("requires_payment_method", "canceled", "failed")
    if kind == "source":
        told = {"source": intent["id"], "client_secret": intent["client_secret"], "livemode": "false"}
    else:
        told = {kind: intent["id"], f"{kind}_client_secret": intent["client_secret"]}
        told |= {"redirect_status": "failed" if failed else "succeeded"}
    return view.see(f"{where}{'&' if '?' in where else '?'}{urlencode(told)}")
