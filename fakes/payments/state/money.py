"""Currencies and amounts: whole numbers in the smallest unit, and the least that can be charged."""

from decimal import Decimal, InvalidOperation

from fakes.payments.state.problem import invalid

_ZERO_DECIMAL = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
_OTHERS = """
usd eur gbp aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bmd bnd bob brl bsd bwp byn bzd cad cdf chf
cny cop crc cve czk dkk dop dzd egp etb fjd fkp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd jod kes kgs
khr kwd kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab
pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah
ugx uyu uzs wst xcd yer zar zmw
"""
ZERO_DECIMAL = frozenset(_ZERO_DECIMAL.split())
KNOWN = ZERO_DECIMAL | frozenset(_OTHERS.split())
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
"""A thousand of the smallest unit make one; the last digit must be 0 all the same."""
WHOLE = frozenset({"isk", "ugx"})
"""Written with two decimals for the sake of old programs, which must be 00."""
WHOLE_PAID_OUT = frozenset({"huf", "twd"})
"""The same, but only when it is paid out."""
LEAST = {
    "usd": 50, "eur": 50, "gbp": 30, "jpy": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50,
    "czk": 1500, "dkk": 250, "hkd": 400, "huf": 17500, "inr": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip
MOST = 99_999_999
MORE = {"idr": 999_999_999_999}
"""What may be more than `MOST`."""
EXACT_MOST = 10**12
"""Beyond reason, and what is added up stays within 64 bits."""


def currency_of(text: str, param: str = "currency") -> str:
    """The currency in lower case, or the provider's refusal."""
    low = text.lower()
    if low not in KNOWN:
        raise invalid(
            f"Invalid currency: {low}. Stripe currently supports these currencies: {', '.join(sorted(KNOWN))}", param
        )
    return low


def exact(text: object, param: str) -> Decimal:
    """The number of a parameter with decimal places; below zero too, but none beyond reason."""
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not -EXACT_MOST <= number <= EXACT_MOST:
        raise invalid(f"Invalid decimal: {str(text)[:100]}", param)
    return number


def shown(amount: int, currency: str) -> str:
    """An amount for people."""
    if currency in THREE_DECIMAL:
        text = f"{amount / 1000:,.3f}"
    else:
        text = f"{amount:,}" if currency in ZERO_DECIMAL else f"{amount / 100:,.2f}"
    sign = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}.get(currency)
    return f"{sign}{text}" if sign else f"{text} {currency}"


def chargeable(amount: int, currency: str, param: str = "amount") -> int:
    """The amount, if it can be charged."""
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", param, "parameter_invalid_integer")
    most = MORE.get(currency, MOST)
    if amount > most:
        raise invalid(f"Amount must be no more than {shown(most, currency)}", param, "amount_too_large")
    even(amount, currency, param)
    least = LEAST.get(currency, 1)
    if amount < least:
        raise invalid(f"Amount must be at least {shown(least, currency)} {currency}", param, "amount_too_small")
    return amount


def even(amount: int, currency: str, param: str = "amount", *, paid_out: bool = False) -> int:
    """The amount, if its last digits are such as its currency can have."""
    step = 1
    if currency in THREE_DECIMAL:
        step = 10
    elif currency in WHOLE or (paid_out and currency in WHOLE_PAID_OUT):
        step = 100
    if amount % step:
        raise invalid(
            f"Invalid amount: amounts in {currency.upper()} must be evenly divisible by {step}.",
            param,
            "parameter_invalid_integer",
        )
    return amount
