"""What a quantity of a price costs, to the smallest unit: per unit, in packages, by tiers. Halves are rounded up."""

from decimal import ROUND_HALF_UP, Decimal

from fakes.payments.state import billing
from fakes.payments.state.store import Account, Thing


def rounded(exact: Decimal) -> int:
    """To a whole number of the smallest unit, halves away from zero."""
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def share(amount: int, part: int, whole: int) -> int:
    """This part of an amount."""
    return rounded(Decimal(amount) * part / max(1, whole))


def percent(amount: int, percentage: float) -> int:
    """This percentage of an amount."""
    return rounded(Decimal(amount) * Decimal(str(percentage)) / 100)


def cost(account: Account, price: Thing, quantity: int) -> int:
    """What this many cost."""
    transform = price.get("transform_quantity")
    if transform:
        whole, rest = divmod(quantity, transform["divide_by"])
        quantity = whole + (1 if rest and transform["round"] == "up" else 0)
    if price["billing_scheme"] == "tiered":
        return rounded(_tiered(billing.of(account).tiers.get(price["id"], []), price["tiers_mode"], quantity))
    return rounded(Decimal(price["unit_amount_decimal"] or 0) * quantity)


def _tiered(tiers: list[Thing], mode: str, quantity: int) -> Decimal:
    if mode == "volume":
        tier = next((one for one in tiers if one["up_to"] is None or quantity <= one["up_to"]), None)
        return Decimal(0) if tier is None or not quantity else _flat(tier) + _unit(tier) * quantity
    total, below = Decimal(0), 0
    for tier in tiers:
        if quantity <= below:
            break
        upper = quantity if tier["up_to"] is None else min(quantity, tier["up_to"])
        total += _flat(tier) + _unit(tier) * (upper - below)
        below = upper
    return total


def _unit(tier: Thing) -> Decimal:
    return Decimal(tier["unit_amount_decimal"] or 0)


def _flat(tier: Thing) -> Decimal:
    return Decimal(tier["flat_amount_decimal"] or 0)


def allocated(total: int, parts: list[int]) -> list[int]:
    """`total` divided in proportion to `parts`, to the last unit; what rounding leaves goes to the largest first."""
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    given = [total * part // whole for part in parts]
    order = sorted(range(len(parts)), key=lambda place: -parts[place])
    for place in order[: total - sum(given)]:
        given[place] += 1
    return given
