"""What cards of plastic look like, and how they travel to their holders."""

from fakes.payments.state.given import fits
from fakes.payments.state.moment import Moment
from fakes.payments.state.plain.kind import Kind, Step
from fakes.payments.state.plain.tables import bundle
from fakes.payments.state.problem import Problem, invalid, missing, unexpected
from fakes.payments.state.store import Thing

_WHERE = "test_helpers/issuing/personalization_designs"
_TOLD = "issuing_personalization_design"
KIND = "issuing.personalization_design"


def _designed(moment: Moment, design: Thing, params: Thing) -> None:
    name = params.get("physical_bundle")
    if name:
        try:
            bundle(name)
        except Problem:
            raise missing("physical bundle", name, "physical_bundle") from None
    key = params.get("lookup_key")
    if not key:
        return
    for other in moment.account.where(KIND, lookup_key=key):
        if other["id"] != design["id"]:
            if not params.get("transfer_lookup_key"):
                raise invalid(f"A design with the lookup key `{key}` already exists.", "lookup_key")
            other["lookup_key"] = None
            moment.account.noted(other)


def _rejected(_moment: Moment, design: Thing, params: Thing) -> None:
    reasons = params["rejection_reasons"]
    design["rejection_reasons"] = {name: reasons.get(name) for name in ("card_logo", "carrier_text")}


def _wanted(_moment: Moment, design: Thing, params: Thing) -> bool:
    if "lookup_keys" in params and design["lookup_key"] not in params["lookup_keys"]:
        return False
    return fits(design["preferences"], params.get("preferences") or {}, "is_default", "is_platform_default")


DESIGN = Kind(
    name=KIND,
    path="issuing/personalization_designs",
    prefix="ipd_1",
    born={"status": "review", "preferences": {"is_default": False, "is_platform_default": None}},
    refers={"card_logo": "file"},
    filters=("status",),
    keep=_wanted,
    told=_TOLD,
    tells=("updated",),
    also=_designed,
    changed=_designed,
    steps={
        "activate": Step(to={"status": "active"}, event=f"{_TOLD}.activated", under=_WHERE),
        "deactivate": Step(to={"status": "inactive"}, event=f"{_TOLD}.deactivated", under=_WHERE),
        "reject": Step(to={"status": "rejected"}, event=f"{_TOLD}.rejected", under=_WHERE, also=_rejected),
    },
)
KINDS = (DESIGN,)
TRAVEL = {
    "submit": (("pending",), "submitted"),
    "ship": (("pending", "submitted"), "shipped"),
    "deliver": (("shipped",), "delivered"),
    "return": (("shipped",), "returned"),
    "fail": (("shipped",), "failure"),
}
"""What befalls a card on its way: from which statuses, and to which."""


def travel(verb: str, moment: Moment, _params: Thing, name: str) -> Thing:
    """Something befalls a card on its way."""
    card, (before, after) = moment.account.get("issuing.card", name), TRAVEL[verb]
    if card["shipping"] is None:
        raise unexpected("Only a physical card is shipped.", "card_not_physical")
    if card["shipping"]["status"] not in before:
        raise unexpected(
            f"This card's shipping has a status of {card['shipping']['status']}; you can only {verb} a card whose "
            f"shipping is {' or '.join(before)}.",
            "card_shipping_unexpected_state",
        )
    with moment.changing(card, "issuing_card.updated"):
        card["shipping"]["status"] = after
    return card
