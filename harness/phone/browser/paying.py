"""Paying on the app's own sheet: a person pays what they are asked to, as often as they are asked.

Used by the browser phone where the target says that the app has a sheet; else the wallet pays, as a native one would.
"""

from harness.clock import until
from harness.model import Outcome
from harness.phone.browser.hand import EVERY_S, PageHand
from harness.phone.steps import Paid
from harness.target.app import Paying
from harness.target.words import fill

PAY_S, SHEET_S, AGAIN_S = 15.0, 6.0, 0.6
MOST_SHEETS = 3


async def pay(hand: PageHand, paying: Paying, wallet: str) -> Paid:
    """Pay with this card, and again whatever sheet the app opens next."""
    paid = await _pay_once(hand, paying, wallet)
    for _ in range(MOST_SHEETS):
        if paid.result != "paid" or not await _sheet(hand, paying, AGAIN_S):
            break
        paid = await _pay_once(hand, paying, wallet)
    return paid


async def _pay_once(hand: PageHand, paying: Paying, wallet: str) -> Paid:
    opener = paying.open.get(hand.wish.flow if hand.wish else "")
    if not await _sheet(hand, paying, SHEET_S) and opener:
        await hand.page.tap(hand.filled(opener))
    if not await _sheet(hand, paying, SHEET_S):
        await hand.picture("no-payment-sheet")
        return Paid(outcome=Outcome.UNKNOWN)
    before = hand.watcher.elsewhere
    known = hand.known_now(payment={"wallet": wallet})
    for name in paying.tap:
        await hand.page.tap(str(fill(name, known)))

    async def result() -> str | None:
        if not await hand.page.sees(paying.sheet):
            return "paid"
        asked = hand.watcher.elsewhere > before
        return "declined" if asked and paying.declined and await hand.page.sees(paying.declined) else None

    found: str | None = await until(result, within_s=PAY_S, every_s=EVERY_S)
    return Paid(outcome=Outcome.OK if found else Outcome.UNKNOWN, result=found)


async def _sheet(hand: PageHand, paying: Paying, within_s: float) -> bool:
    """Whether something is to be paid, waiting for it so long."""

    async def there() -> bool:
        return await hand.page.sees(paying.sheet)

    return bool(await until(there, within_s=within_s, every_s=EVERY_S))
