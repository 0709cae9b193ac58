"""What customers may use: features of what they are subscribed to, and the event that tells of each change."""

import json
from typing import Any

from tests.payments.conftest import Bare
from tests.payments.making_kept import feature

EVENT = "entitlements.active_entitlement_summary.updated"


def sold(bare: Bare, *keys: str, key: str = "pro") -> tuple[str, str]:
    """A monthly price whose product has these features; answers the price and the product."""
    price = bare.get(f"prices/{bare.plan(900, key)}")
    for one in keys:
        feature(bare, one, price["product"])
    return price["id"], price["product"]


def keys(bare: Bare, customer: str) -> list[str]:
    """What a customer may use."""
    found = bare.get("entitlements/active_entitlements", customer=customer)["data"]
    return sorted(one["lookup_key"] for one in found)


def told(bare: Bare) -> list[tuple[list[str], list[str]]]:
    """What the events said: what there was before, and what there is."""
    events = [json.loads(news.body)["data"] for news in bare.ledger.told if news.type == EVENT]
    lists = [
        (one["previous_attributes"]["entitlements"]["data"], one["object"]["entitlements"]["data"]) for one in events
    ]
    return [tuple(sorted(each["lookup_key"] for each in one) for one in pair) for pair in lists]  # type: ignore[misc]


def test_who_pays_may_use_it(bare: Bare) -> None:
    """From the payment on, until the subscription ends; each change is told once, with what there was before."""
    price, _ = sold(bare, "export", "sync")
    customer = bare.post("customers", email="hxaaaaaaaaaaaa@example.com")["id"]
    begun = bare.post(
        "subscriptions",
        customer=customer,
        payment_behavior="default_incomplete",
        **{"items[0][price]": price, "expand[]": "latest_invoice.confirmation_secret"},
    )
    assert (keys(bare, customer), told(bare)) == ([], [])
    bare.slice.pay(begun["latest_invoice"]["confirmation_secret"]["client_secret"], "good_card")
    assert keys(bare, customer) == ["export", "sync"]
    one = bare.get("entitlements/active_entitlements", customer=customer, limit=1)["data"][0]
    path = f"entitlements/active_entitlements/{one['id']}"
    assert bare.get(path, **{"expand[]": "feature"})["feature"]["lookup_key"] == one["lookup_key"]
    bare.raw("DELETE", f"/v1/subscriptions/{begun['id']}")
    assert keys(bare, customer) == []
    assert bare.get(path)["error"]["code"] == "resource_missing"
    assert told(bare) == [([], ["export", "sync"]), (["export", "sync"], [])]


def test_another_plan_is_something_else(bare: Bare) -> None:
    """What both plans have stays what it was; the rest goes and comes in one event."""
    first, product = sold(bare, "export")
    second, other = sold(bare, "sync", key="team")
    shared = feature(bare, "share", product)["id"]
    bare.post(f"products/{other}/features", entitlement_feature=shared)
    live = bare.subscribed(first)
    before = bare.get("entitlements/active_entitlements", customer=live["customer"])["data"]
    form: dict[str, Any] = {"items[0][id]": live["items"]["data"][0]["id"], "items[0][price]": second}
    bare.post(f"subscriptions/{live['id']}", **form)
    after = bare.get("entitlements/active_entitlements", customer=live["customer"])["data"]
    assert keys(bare, live["customer"]) == ["share", "sync"]
    assert {one["id"] for one in before} & {one["id"] for one in after} == {
        one["id"] for one in before if one["lookup_key"] == "share"
    }
    assert told(bare)[-1] == (["export", "share"], ["share", "sync"])


def test_a_feature_added_later_counts_from_the_next_change(bare: Bare) -> None:
    """Attaching one changes nobody's rights at once."""
    price, product = sold(bare, "export")
    live = bare.subscribed(price)
    feature(bare, "sync", product)
    assert keys(bare, live["customer"]) == ["export"]
    bare.post(f"subscriptions/{live['id']}", **{"metadata[a]": "b"})
    assert keys(bare, live["customer"]) == ["export", "sync"]


def test_features_and_their_products(bare: Bare) -> None:
    """A lookup key is one feature's; one is on a product once, and not when it is archived."""
    _, product = sold(bare, "export")
    assert bare.post("entitlements/features", name="x", lookup_key="export")["error"]["param"] == "lookup_key"
    path = f"products/{product}/features"
    (one,) = bare.get(path)["data"]
    wanted = {"entitlement_feature": one["entitlement_feature"]["id"]}
    assert bare.post(path, **wanted)["error"]["param"] == "entitlement_feature"
    assert bare.get(f"{path}/{one['id']}") == one
    assert (
        bare.get(f"products/{sold(bare, key='other')[1]}/features/{one['id']}")["error"]["code"] == "resource_missing"
    )
    assert json.loads(bare.raw("DELETE", f"/v1/{path}/{one['id']}").body)["deleted"] is True
    assert bare.get(path)["data"] == []
    gone = bare.post(f"entitlements/features/{wanted['entitlement_feature']}", active="false")
    assert gone["active"] is False
    assert bare.post(path, **wanted)["error"]["param"] == "entitlement_feature"
    assert bare.get("entitlements/features", archived="false")["data"] == []
    assert bare.get("entitlements/features", lookup_key="export")["data"][0]["id"] == gone["id"]
    assert bare.get("entitlements/active_entitlements", customer="cus_no")["error"]["code"] == "resource_missing"
