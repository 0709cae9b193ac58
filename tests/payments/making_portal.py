"""Makes what lets customers and their devices in, so that its shape can be judged."""

import json
from typing import Any, cast

from fakes.calls import Reply
from fakes.payments.state.store import API_VERSION
from tests.payments.conftest import Bare

Object = dict[str, Any]
FEATURES: dict[str, Any] = {
    "features[customer_update][enabled]": "true",
    "features[customer_update][allowed_updates][0]": "email",
    "features[customer_update][allowed_updates][1]": "name",
    "features[payment_method_update][enabled]": "true",
    "features[subscription_cancel][enabled]": "true",
    "features[subscription_cancel][mode]": "immediately",
    "features[invoice_history][enabled]": "true",
}


def offering(product: str, *prices: str) -> dict[str, Any]:
    """The feature of changing to these prices."""
    at = "features[subscription_update]"
    fields: dict[str, Any] = {f"{at}[enabled]": "true", f"{at}[default_allowed_updates][0]": "price"}
    fields |= {f"{at}[proration_behavior]": "create_prorations", f"{at}[products][0][product]": product}
    return fields | {f"{at}[products][0][prices][{place}]": price for place, price in enumerate(prices)}


def key_for(bare: Bare, customer: str) -> Object:
    """An ephemeral key for a customer."""
    call = bare.call("POST", "/v1/ephemeral_keys", {"customer": customer})
    call.headers = {**call.headers, "stripe-version": API_VERSION}
    assert call.route is not None
    reply = call.route.handler(call)
    assert isinstance(reply, Reply)
    return cast(Object, json.loads(reply.body))


def make(bare: Bare) -> dict[str, list[Object]]:
    """A configuration, sessions, an ephemeral key; answers the objects that are not kept."""
    customer = bare.post("customers", email="a@example.com")["id"]
    price = bare.get(f"prices/{bare.plan(700, 'portal')}")
    made = bare.post(
        "billing_portal/configurations",
        **FEATURES,
        **offering(price["product"], price["id"]),
        **{"login_page[enabled]": "true", "business_profile[headline]": "Hello", "metadata[a]": "b"},
    )
    bare.post(
        f"billing_portal/configurations/{made['id']}", name="Mine", **{"features[invoice_history][enabled]": "false"}
    )
    live = bare.subscribed(price["id"])
    flow = {"flow_data[type]": "subscription_cancel", "flow_data[subscription_cancel][subscription]": live["id"]}
    flow |= {"flow_data[after_completion][type]": "redirect"}
    flow["flow_data[after_completion][redirect][return_url]"] = "https://example.com/bye"
    bare.post("billing_portal/sessions", customer=live["customer"], configuration=made["id"], **flow)
    bare.post("billing_portal/sessions", customer=customer, return_url="https://example.com")
    form = {"components[mobile_payment_element][enabled]": "true", "components[buy_button][enabled]": "true"}
    form["components[mobile_payment_element][features][payment_method_save]"] = "enabled"
    key_for(bare, customer)
    return {"customer_session": [bare.post("customer_sessions", customer=customer, **form)]}
