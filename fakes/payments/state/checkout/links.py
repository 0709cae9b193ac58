"""Payment links: an address that opens a session of its own for everybody who follows it."""

from dataclasses import dataclass, field

from fakes.payments.state import automatic_tax, pricing, shipping
from fakes.payments.state.checkout import lines, link_shapes, sessions
from fakes.payments.state.checkout.kept import Kept
from fakes.payments.state.checkout.link_shapes import CHANGEABLE, FOR_SESSIONS
from fakes.payments.state.given import merge_metadata, rewrite
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Account, Thing

MOST = 20
PREFILLED = {"client_reference_id": "client_reference_id", "prefilled_email": "customer_email"}
"""What the address may carry along -> parameter of the session."""


@dataclass
class Links:
    """The hidden part of the account's payment links."""

    params: dict[str, Thing] = field(default_factory=dict)
    by_token: dict[str, str] = field(default_factory=dict)
    """The last part of a link's address -> its id."""


def create(moment: Moment, params: Thing) -> Thing:
    """A link that sells these items; a recurring price makes its sessions subscribe."""
    account = moment.account
    given = params.get("line_items") or []
    if not given:
        raise invalid("Missing required param: line_items.", "line_items", "parameter_missing")
    if len(given) > MOST:
        raise invalid(f"You may only specify up to {MOST} line items.", "line_items")
    if automatic_tax.wanted(params):
        automatic_tax.check(account)
    items = lines.items_of(moment, given, "any")
    mode = _mode(items)
    _fitting(params, mode)
    token = f"test_{account.letters(18)}"
    link: Thing = {
        "id": account.fresh("payment_link"),
        "object": "payment_link",
        "active": True,
        "application": None,
        "application_fee_amount": params.get("application_fee_amount"),
        "application_fee_percent": params.get("application_fee_percent"),
        "currency": items[0]["currency"],
        "livemode": False,
        "metadata": {},
        "on_behalf_of": params.get("on_behalf_of"),
        "optional_items": None,
        **link_shapes.parts(params, mode),
        "shipping_options": [
            shipping.option(moment, one, place) for place, one in enumerate(params.get("shipping_options") or ())
        ],
        "transfer_data": params.get("transfer_data"),
        "url": f"{account.pages_url}/b/{token}",
    }
    merge_metadata(link, params.get("metadata", {}))
    side = account.side(Links)
    side.params[link["id"]], side.by_token[token] = dict(params), link["id"]
    account.side(Kept).items[link["id"]] = items
    account.put(link)
    moment.tell("payment_link.created", link)
    return link


def _mode(items: list[Thing]) -> str:
    return "subscription" if any(item["price"]["recurring"] for item in items) else "payment"


def _fitting(params: Thing, mode: str) -> None:
    for name in ("payment_intent_data", "invoice_creation", "subscription_data"):
        if params.get(name) and mode not in sessions.ONLY_IN[name]:
            raise invalid(f"You can not pass `{name}` for prices of this kind.", name)
    after = params.get("after_completion") or {}
    if after.get("type") == "redirect" and not after.get("redirect"):
        raise invalid("Missing required param: after_completion[redirect].", "after_completion[redirect]")


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change a link: whether it is active, what its sessions are like, how many of its items they sell."""
    link = moment.account.get("payment_link", name)
    side = moment.account.side(Links)
    items = moment.account.side(Kept).items[name]
    mode = _mode(items)
    _fitting(params, mode)
    if automatic_tax.wanted(params):
        automatic_tax.check(moment.account)
    changed = _counted(items, params.get("line_items") or [])
    now = {**side.params[name], **{one: params[one] for one in CHANGEABLE if one in params}}
    with moment.changing(link, "payment_link.updated"):
        if "active" in params:
            link["active"] = params["active"]
        count = ((link["restrictions"] or {}).get("completed_sessions") or {}).get("count", 0)
        link.update(link_shapes.parts(now, mode))
        if link["restrictions"]:
            link["restrictions"]["completed_sessions"]["count"] = count
        rewrite(link, params)
        for item, quantity in changed:
            amount = pricing.cost(moment.account, item["price"], quantity)
            item.update(quantity=quantity, amount_subtotal=amount, amount_total=amount)
    side.params[name] = now
    return link


def _counted(items: list[Thing], given: list[Thing]) -> list[tuple[Thing, int]]:
    by_id = {item["id"]: item for item in items}
    for place, one in enumerate(given):
        if one["id"] not in by_id:
            raise invalid(f"No such line item: '{one['id']}'", f"line_items[{place}][id]", "resource_missing")
        if one.get("quantity", 1) < 1:
            raise invalid("This value must be greater than or equal to 1.", f"line_items[{place}][quantity]")
    return [(by_id[one["id"]], one["quantity"]) for one in given if "quantity" in one]


def found(account: Account, token: str) -> Thing | None:
    """The link of an address."""
    return account.find("payment_link", account.side(Links).by_token.get(token))


def open_session(moment: Moment, link: Thing, carried: Thing) -> Thing:
    """A session for somebody who followed the link; the address may carry a reference and an e-mail address along."""
    account = moment.account
    asked = account.side(Links).params[link["id"]]
    items = account.side(Kept).items[link["id"]]
    params = {name: asked[name] for name in FOR_SESSIONS if asked.get(name)}
    if link["shipping_options"]:
        params["shipping_options"] = [{"shipping_rate": one["shipping_rate"]} for one in link["shipping_options"]]
    params |= {name: carried[written] for written, name in PREFILLED.items() if carried.get(written)}
    if _mode(items) == "payment":
        params["customer_creation"] = link["customer_creation"]
    params |= {
        "line_items": [
            {
                "price": item["price"]["id"],
                "quantity": item["quantity"],
                "adjustable_quantity": item["adjustable_quantity"],
            }
            for item in items
        ],
        "metadata": link["metadata"],
        "mode": _mode(items),
    }
    session = sessions.opened(moment, params, _mode(items))
    session["payment_link"] = link["id"]
    account.side(Kept).afterwards[session["id"]] = link["after_completion"]
    return session


def completed(moment: Moment, session: Thing) -> None:
    """Count a session of a link that is complete; a link that has sold enough is closed."""
    link = moment.account.find("payment_link", session["payment_link"])
    sold = ((link or {}).get("restrictions") or {}).get("completed_sessions")
    if link is None or not sold:
        return
    with moment.changing(link, "payment_link.updated"):
        sold["count"] += 1
        if sold["count"] >= sold["limit"]:
            link["active"] = False
