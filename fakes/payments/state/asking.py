"""How a bank asks its customer, or tells them where to pay: the `next_action` of payment and setup intents."""

from fakes.payments.state import banks
from fakes.payments.state.moment import Moment
from fakes.payments.state.standing import Standing
from fakes.payments.state.store import Thing

DAY_S = 86400
MICRODEPOSIT_DAYS = 2


def page(moment: Moment, thing: Thing) -> str:
    """The address of the page where the customer answers their bank."""
    return f"{moment.account.pages_url}/redirect/authenticate/{thing['id']}?client_secret={thing['client_secret']}"


def challenge(moment: Moment, thing: Thing, *, sdk: bool) -> Thing:
    """A card's bank asks for its owner: on a page, or inside the vendor's software on their device."""
    where = moment.account.side(Standing).return_urls.get(thing["id"])
    if where and not sdk:
        return {"type": "redirect_to_url", "redirect_to_url": {"return_url": where, "url": page(moment, thing)}}
    asked = {"type": "three_d_secure_redirect", "stripe_js": page(moment, thing), "source": "src_" + thing["id"][3:]}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": asked}


def action(moment: Moment, thing: Thing, method: Thing) -> Thing | None:
    """What the owner of a method that is no card must do first; None if nothing."""
    kind, way = method["type"], banks.how(method["type"])
    standing = moment.account.side(Standing)
    if way == "debit":
        needs = kind in ("us_bank_account", "acss_debit") and method["id"] not in standing.verified
        return _microdeposits(moment, thing) if needs else None
    if way == "redirect":
        return _redirect(moment, thing, kind)
    return _voucher(moment, thing, kind) if way == "voucher" else None


def _microdeposits(moment: Moment, thing: Thing) -> Thing:
    return {
        "type": "verify_with_microdeposits",
        "verify_with_microdeposits": {
            "arrival_date": moment.now + MICRODEPOSIT_DAYS * DAY_S,
            "hosted_verification_url": page(moment, thing),
            "microdeposit_type": "amounts",
        },
    }


def _redirect(moment: Moment, thing: Thing, kind: str) -> Thing:
    url, where = page(moment, thing), moment.account.side(Standing).return_urls.get(thing["id"])
    if kind == "alipay" and thing["object"] == "payment_intent":
        told = {"native_data": None, "native_url": None, "return_url": where, "url": url}
        return {"type": "alipay_handle_redirect", "alipay_handle_redirect": told}
    if kind == "wechat_pay" and thing["object"] == "payment_intent":
        images = {"image_data_url": "data:image/png;base64,", "image_url_png": url, "image_url_svg": url}
        told = {"data": url, "hosted_instructions_url": url, **images}
        return {"type": "wechat_pay_display_qr_code", "wechat_pay_display_qr_code": told}
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": where, "url": url}}


def _voucher(moment: Moment, thing: Thing, kind: str) -> Thing:
    url, ends = page(moment, thing), moment.now + 3 * DAY_S
    told: Thing = {"hosted_voucher_url": url}
    if kind == "boleto":
        told |= {"expires_at": ends, "number": "01010101010101010101010101010101010101010101010", "pdf": url}
    elif kind == "oxxo":
        told |= {"expires_after": ends, "number": "12345678901234657890123456789012"}
    elif kind == "multibanco":
        told |= {"entity": "12345", "expires_at": ends, "reference": "123456789"}
    else:
        code = {"confirmation_number": "01234567890", "payment_code": "123456"}
        shops = {name: dict(code) for name in ("familymart", "lawson", "ministop", "seicomart")}
        told |= {"expires_at": ends, "stores": shops}
    name = f"{kind}_display_details"
    return {"type": name, name: told}
