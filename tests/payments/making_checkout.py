"""Makes everything that is sold through hosted pages, so that its shape can be judged."""

from typing import Any

from tests.payments import making_back_office, making_issuing, making_portal
from tests.payments.conftest import Bare

Object = dict[str, Any]


def line(amount: int = 900, quantity: int = 1, place: int = 0, **more: Any) -> dict[str, Any]:
    """The parameters of one line item, described in place."""
    at = f"line_items[{place}]"
    fields = {"quantity": quantity, "price_data][product_data][name": "Tea", "price_data][currency": "usd"}
    fields |= {"price_data][unit_amount": amount} | more
    return {f"{at}[{name}]": value for name, value in fields.items()}


def session(bare: Bare, **form: Any) -> Object:
    """An open session for one payment; `form` adds parameters or replaces them."""
    return bare.post(
        "checkout/sessions", **{"success_url": "https://example.com/ok", "mode": "payment", **line()} | form
    )


def make(bare: Bare) -> dict[str, list[Object]]:
    """Sessions of every kind and state; answers the objects that are kept inside others."""
    rate: dict[str, Any] = {"display_name": "Post", "type": "fixed_amount"}
    rate |= {"fixed_amount[amount]": 500, "fixed_amount[currency]": "usd"}
    rate |= {"delivery_estimate[minimum][unit]": "day", "delivery_estimate[minimum][value]": 2}
    post = bare.post("shipping_rates", **rate)["id"]
    fields: dict[str, Any] = {"custom_fields[0][key]": "size", "custom_fields[0][type]": "dropdown"}
    fields |= {"custom_fields[0][label][type]": "custom", "custom_fields[0][label][custom]": "Size"}
    fields |= {
        "custom_fields[0][dropdown][options][0][label]": "L",
        "custom_fields[0][dropdown][options][0][value]": "l",
    }
    fields |= {"custom_fields[1][key]": "name", "custom_fields[1][type]": "text", "custom_fields[1][optional]": "true"}
    fields |= {"custom_fields[1][label][type]": "custom", "custom_fields[1][label][custom]": "Engraving"}
    fields |= {"custom_text[submit][message]": "Thanks", "consent_collection[terms_of_service]": "required"}
    bare.post("tax/settings", **{"defaults[tax_code]": "txcd_10000000", "head_office[address][country]": "DE"})
    full = session(
        bare,
        **{"shipping_options[0][shipping_rate]": post, "shipping_address_collection[allowed_countries][0]": "DE"},
        **{"after_expiration[recovery][enabled]": "true", "automatic_tax[enabled]": "true", **fields},
        **{"invoice_creation[enabled]": "true", "phone_number_collection[enabled]": "true"},
        **{"line_items[0][adjustable_quantity][enabled]": "true", "tax_id_collection[enabled]": "true"},
        **{"saved_payment_method_options[payment_method_save]": "enabled", "customer_email": "a@example.com"},
    )
    bare.post(f"checkout/sessions/{full['id']}/expire")
    embedded: dict[str, Any] = {"ui_mode": "embedded_page", "return_url": "https://example.com"}
    plan: dict[str, Any] = {"line_items[0][price]": bare.plan(1200, "hosted"), "line_items[0][quantity]": 1}
    begun = bare.post(
        "checkout/sessions",
        mode="subscription",
        **{**embedded, **plan},
        **{"subscription_data[trial_period_days]": "7"},
    )
    bare.slice.pay(begun["client_secret"], "good_card")
    link = bare.post(
        "payment_links",
        **line(),
        **{"after_completion[type]": "redirect", "after_completion[redirect][url]": "https://example.com"},
        **{"restrictions[completed_sessions][limit]": "3", "payment_intent_data[description]": "x", "metadata[a]": "b"},
        **fields,
    )
    bare.post(f"payment_links/{link['id']}", allow_promotion_codes="true")
    making_issuing.make(bare)
    inner = making_back_office.make(bare) | making_portal.make(bare)
    return {"item": bare.get(f"checkout/sessions/{full['id']}/line_items")["data"]} | inner
