"""Money that the merchant brings into a financial account, or sends from it; a test says what becomes of it."""

from fakes.payments.state.moment import Moment
from fakes.payments.state.plain.kind import Also, Kind, Step
from fakes.payments.state.plain.shaping import shapes, write
from fakes.payments.state.problem import invalid
from fakes.payments.state.store import Thing
from fakes.payments.state.treasury.ledger import ACCOUNT, has, move, opened, too_little

DAY_S = 86400
_BANK = {"account_holder_type": None, "account_type": None, "bank_name": None, "fingerprint": None, "last4": None}
_OPEN = ("processing",)
NOBODY: Thing = {
    "address": dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")),
    "email": None,
    "name": None,
}


def _bank(method: Thing) -> Thing:
    """What a flow tells of the bank account at its other end."""
    if method["type"] != "us_bank_account":
        raise invalid("Only bank accounts in the US are supported.", "payment_method")
    bank = {name: method["us_bank_account"].get(name) for name in _BANK}
    routing = method["us_bank_account"].get("routing_number")
    billing = {name: method["billing_details"].get(name) or NOBODY[name] for name in NOBODY}
    told = {**bank, "network": "ach", "routing_number": routing}
    return {"billing_details": billing, "type": "us_bank_account", "us_bank_account": told}


def _bring(moment: Moment, flow: Thing, params: Thing) -> None:
    in_dollars(params)
    opened(moment, params["financial_account"], "inbound_transfers.ach")
    method = moment.account.get("payment_method", params["origin_payment_method"], "origin_payment_method")
    flow["origin_payment_method_details"] = _bank(method)
    flow.update(origin_payment_method=method["id"], statement_descriptor=params.get("statement_descriptor", "transfer"))
    flow.update(
        status="processing", currency="usd", cancelable=True, returned=False, linked_flows={"received_debit": None}
    )
    flow["status_transitions"] = dict.fromkeys(("canceled_at", "failed_at", "succeeded_at"))
    move(moment, flow, "inbound_transfer", inbound_pending=flow["amount"])


def in_dollars(params: Thing) -> None:
    """The provider's refusal of an amount that is none, or in another currency."""
    if params["amount"] <= 0:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if params["currency"].lower() != "usd":
        raise invalid("Only usd is supported.", "currency")


def _send(feature: str) -> Also:
    """Take the money out of the account, and let it be on its way."""

    def send(moment: Moment, flow: Thing, params: Thing) -> None:
        in_dollars(params)
        account = opened(moment, params["financial_account"])
        details, network = _destination(moment, params)
        opened(moment, account["id"], "intra_stripe_flows" if network == "stripe" else f"{feature}s.{network}")
        if not has(account, "usd", flow["amount"]):
            raise too_little()
        flow["destination_payment_method_details"] = details
        flow.update(status="processing", currency="usd", cancelable=True, expected_arrival_date=moment.now + DAY_S)
        flow["statement_descriptor"] = params.get("statement_descriptor") or "transfer"
        flow["status_transitions"] = dict.fromkeys(("canceled_at", "failed_at", "posted_at", "returned_at"))
        move(moment, flow, feature, cash=-flow["amount"], outbound_pending=flow["amount"])

    return send


def _destination(moment: Moment, params: Thing) -> tuple[Thing, str]:
    """Where the money goes, and by which network."""
    options = (params.get("destination_payment_method_options") or {}).get("us_bank_account") or {}
    network = options.get("network", "ach")
    if params.get("destination_payment_method"):
        found = moment.account.get("payment_method", params["destination_payment_method"], "destination_payment_method")
        details = _bank(found)
        details["us_bank_account"]["network"] = network
        return details, network
    data = params.get("destination_payment_method_data")
    if not data:
        raise invalid(
            "Missing required param: destination_payment_method.", "destination_payment_method", "parameter_missing"
        )
    return _described(moment, data, network)


def _described(moment: Moment, data: Thing, network: str) -> tuple[Thing, str]:
    given = data.get("billing_details") or {}
    billing = {name: given.get(name) or NOBODY[name] for name in NOBODY}
    billing["address"] = {**NOBODY["address"], **(billing["address"] or {})}
    if data["type"] == "financial_account":
        where = "destination_payment_method_data[financial_account]"
        other = moment.account.get(ACCOUNT, data.get("financial_account"), where)
        inside = {"id": other["id"], "network": "stripe"}
        return {"billing_details": billing, "financial_account": inside, "type": "financial_account"}, "stripe"
    bank = data.get("us_bank_account") or {}
    number = str(bank.get("account_number") or "")
    kinds = {name: bank.get(name) for name in ("account_holder_type", "account_type", "routing_number")}
    told = {**_BANK, **kinds, "last4": number[-4:] or None, "network": network}
    return {"billing_details": billing, "type": "us_bank_account", "us_bank_account": told}, network


def _brought(entry: str, status: str, *, arrives: bool) -> Also:
    def settle(moment: Moment, flow: Thing, params: Thing) -> None:
        flow["cancelable"] = False
        if flow["status"] == "failed":
            flow["failure_details"] = {"code": (params.get("failure_details") or {}).get("code", "other")}
        move(moment, flow, entry, status, inbound_pending=-flow["amount"], cash=flow["amount"] if arrives else 0)

    return settle


def _given_back(moment: Moment, flow: Thing, _params: Thing) -> None:
    flow["returned"] = True
    move(moment, flow, "inbound_transfer_return", cash=-flow["amount"])


def _sent(entry: str, status: str, *, back: bool) -> Also:
    def settle(moment: Moment, flow: Thing, _params: Thing) -> None:
        flow["cancelable"] = False
        amount = flow["amount"]
        move(moment, flow, entry, status, outbound_pending=-amount, cash=amount if back else 0)

    return settle


def _returned(entry: str) -> Also:
    def settle(moment: Moment, flow: Thing, params: Thing) -> None:
        code = (params.get("returned_details") or {}).get("code", "other")
        move(moment, flow, entry, cash=flow["amount"])
        flow["returned_details"] = {"code": code, "transaction": flow["transaction"]}

    return settle


def _outbound(word: str, prefix: str, filters: tuple[str, ...]) -> Kind:
    name = f"treasury.{word}"
    helper = f"test_helpers/treasury/{word}s"

    def ends(status: str, entry: str, then: str, *, under: str = "") -> Step:
        return Step(
            to={"status": status},
            of=_OPEN,
            event=f"{name}.{status}",
            stamp=f"{status}_at",
            under=under,
            also=_sent(f"{word}_{entry}", then, back=then == "void"),
        )

    return Kind(
        name=name,
        path=f"treasury/{word}s",
        prefix=prefix,
        offers=("create", "list", "retrieve"),
        refers={"financial_account": ACCOUNT, "customer": "customer"},
        filters=filters,
        within={"financial_account": ACCOUNT},
        told=name,
        also=_send(word),
        steps={
            "cancel": ends("canceled", "cancellation", "void"),
            "fail": ends("failed", "failure", "void", under=helper),
            "post": ends("posted", "posting", "posted", under=helper),
            "return": Step(
                to={"status": "returned"},
                of=("posted",),
                event=f"{name}.returned",
                stamp="returned_at",
                under=helper,
                also=_returned(f"{word}_return"),
            ),
        },
    )


_IN = "treasury.inbound_transfer"
_HELPER = "test_helpers/treasury/inbound_transfers"
INBOUND = Kind(
    name=_IN,
    path="treasury/inbound_transfers",
    prefix="ibt_1",
    offers=("create", "list", "retrieve"),
    refers={"financial_account": ACCOUNT},
    filters=("financial_account", "status"),
    within={"financial_account": ACCOUNT},
    told=_IN,
    also=_bring,
    steps={
        "cancel": Step(
            to={"status": "canceled"},
            of=_OPEN,
            event=f"{_IN}.canceled",
            stamp="canceled_at",
            also=_brought("inbound_transfer_return", "void", arrives=False),
        ),
        "fail": Step(
            to={"status": "failed"},
            of=_OPEN,
            event=f"{_IN}.failed",
            stamp="failed_at",
            under=_HELPER,
            also=_brought("inbound_transfer_return", "void", arrives=False),
        ),
        "succeed": Step(
            to={"status": "succeeded"},
            of=_OPEN,
            event=f"{_IN}.succeeded",
            stamp="succeeded_at",
            under=_HELPER,
            also=_brought("inbound_transfer", "posted", arrives=True),
        ),
        "return": Step(of=("succeeded",), under=_HELPER, also=_given_back),
    },
)
TRANSFER = _outbound("outbound_transfer", "obt_1", ("financial_account", "status"))
PAYMENT = _outbound("outbound_payment", "bot_1", ("financial_account", "status", "customer"))
KINDS = (INBOUND, TRANSFER, PAYMENT)


def track(kind: Kind, moment: Moment, params: Thing, name: str) -> Thing:
    """Say by which number the networks know what was sent."""
    flow = moment.account.get(kind.name, name)
    details = params["tracking_details"]
    if not details.get(details["type"]):
        path = f"tracking_details[{details['type']}]"
        raise invalid(f"Missing required param: {path}.", path, "parameter_missing")
    flow["tracking_details"] = None
    write(shapes()[kind.name], flow, params)
    moment.tell(f"{kind.name}.tracking_details_updated", flow)
    return flow
