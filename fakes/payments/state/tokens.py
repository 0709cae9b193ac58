"""Tokens: a card, a bank account or a secret in the merchant's hands, without its numbers; used once."""

from fakes.payments.state import methods, saved
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing

TAKEN = ("account", "bank_account", "card", "cvc_update", "person", "pii")
IDENTS = {"bank_account": "bank_token"}


def create(moment: Moment, params: Thing) -> Thing:
    """A token for exactly one thing."""
    given = [name for name in TAKEN if name in params]
    if len(given) != 1:
        raise invalid(
            "You must supply either a card, PII data, a bank account, or an account legal entity to create a token.",
            code=None if given else "parameter_missing",
        )
    kind = given[0]
    inner = _inner(moment, kind, params[kind])
    token: Thing = {
        "id": moment.account.fresh(IDENTS.get(kind, "token")),
        "object": "token",
        "client_ip": None,
        "created": moment.now,
        "livemode": False,
        "type": kind,
        "used": False,
    }
    if inner is not None:
        token[kind] = inner
        known = moment.account.links.card_of_method
        known[token["id"]] = known[inner["id"]]
    return moment.account.put(token)


def _inner(moment: Moment, kind: str, given: object) -> Thing | None:
    account = moment.account
    if kind == "card":
        fields = given if isinstance(given, dict) else {"token": given}
        name = methods.card_named(moment, fields)
        made = saved.card(moment, name, fields)
        account.links.card_of_method[made["id"]] = name
        return made
    if kind == "bank_account":
        return saved.bank_account(moment, given if isinstance(given, dict) else {})
    return None
