"""Minor units to the decimal text that people read, and the check of what was paid against what was asked."""

from decimal import Decimal

WITHOUT_MINOR = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"]
)
THREE_DIGITS = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])


def digits(currency: str) -> int:
    """How many digits a currency has after the point."""
    code = currency.lower()
    return 0 if code in WITHOUT_MINOR else 3 if code in THREE_DIGITS else 2


def major(amount: int, currency: str) -> str:
    """900 usd is "9.00", 1200 jpy is "1200"."""
    return str(Decimal(amount).scaleb(-digits(currency)).quantize(Decimal(1).scaleb(-digits(currency))))


def as_asked(paid_amount: int | None, paid_currency: str | None, amount: int, currency: str) -> bool:
    """Whether what was paid is exactly what was asked."""
    return paid_amount == amount and str(paid_currency).lower() == currency.lower()
