"""Values: names, words, files and money that trip up who does not expect them, and must arrive as they were given."""

from collections.abc import Iterable
from typing import Any

from harness.cell import Cell
from harness.needs import Need, at_home, currency, product_in, vendor
from harness.promises import attachment_intact, converges, exactly_once, fact, isolated
from harness.scenario import Case, scenario

NAMES: dict[str, dict[str, Any]] = {
    "emoji": {"first_name": "Zoë🦊", "last_name": "👩‍👩‍👧 Łuk"},
    "combining": {"first_name": "Ame\u0301lie", "last_name": "Mu\u0308ller"},
    "one word": {"first_name": "Suharto", "last_name": ""},
    "three words": {"first_name": "Gabriel", "last_name": "José de la Concordia García Márquez"},
    "Null": {"first_name": "None", "last_name": "Null"},
    "a formula": {"first_name": "=SUM(A1)", "last_name": "@cmd"},
    "capitals and a plus": {"email": "Ada.{marker}+News.Letter@People.Example.COM"},
}
QUESTIONS: dict[str, str] = {
    "emoji": "It says 🙈 and then 💸💸. Why? 👩‍🔧",
    "right to left": "היי, לא קיבלתי קבלה על הקנייה שלי (₪ 39.00)",
    "combining": "Me\u0301lange de\u0301compose\u0301: cafe\u0301, A\u030angstro\u0308m",
    "several lines": "First line.\nSecond line.\n\n\tIndented, and a long one after it: " + "word " * 40 + ".",
    "braces": "Where is {{user.email}} or ${total} or {0} or %s of {plan.id}? <b>Bold</b> & 'quoted' \"twice\" \\n",
    "long": "A very long question. " * 400 + "The end.",
}
FILES: dict[str, dict[str, Any]] = {
    "every byte": {"name": "bytes.bin", "content_type": "application/octet-stream", "content": bytes(range(256)) * 40},
    "text": {"name": "log.txt", "content_type": "text/plain", "content": "line\r\nZoë ✓\r\n\x1a\n".encode()},
    "one byte": {"name": "one.bin", "content_type": "application/octet-stream", "content": b"\x00"},
    "empty": {"name": "empty.txt", "content_type": "text/plain", "content": b""},
    "large": {"name": "large.png", "content_type": "image/png", "size": 4_500_000},
    "a name in letters": {
        "name": "Übersicht 図面 (1).pdf",
        "content_type": "application/pdf",
        "content": b"%PDF-1.4\n",
    },
}
MONEY = {"three decimals": "kwd"}
KINDS: dict[str, Iterable[str]] = {"sign_up": NAMES, "help_text": QUESTIONS, "help_attachment": FILES, "buy": MONEY}


def _promises(case: Case) -> list[dict[str, object]]:
    promises = [exactly_once(), converges(), isolated()]
    # A file of no bytes may be refused; then there is none that could arrive.
    sends = case.flow == "help_attachment" and case.variant != "empty"
    return [*promises, attachment_intact()] if sends else promises


def _needs(case: Case) -> list[Need]:
    if case.flow == "buy":
        return [currency(MONEY[case.variant])]
    if case.variant == "large":
        return [vendor("helpdesk"), at_home()]
    return [vendor("crm" if case.flow == "sign_up" else "helpdesk")]


@scenario(
    cases=[(flow, name) for flow, kinds in KINDS.items() for name in kinds],
    promises=_promises,
    facts=[fact("attempts", min=1), fact("read_final")],
    needs=_needs,
)
async def values(cell: Cell) -> None:
    """Values.

    Names with emoji, in one word, in many, or that look like nothing or like a formula; addresses with capitals and a
    plus; questions in other scripts, over many lines, full of braces; files of every byte, of none, and large ones;
    money with three decimals. What is accepted arrives as it was given, with its own person, in its own queue.
    """
    if cell.flow == "sign_up":
        await cell.newcomer(**NAMES[cell.variant]).play("sign_up")
    else:
        phone = await cell.customer()
        await phone.play(cell.flow, **_choices(cell))
    await cell.settle_all()


def _choices(cell: Cell) -> dict[str, Any]:
    if cell.flow == "help_text":
        return {"message": QUESTIONS[cell.variant]}
    if cell.flow == "help_attachment":
        return {"file": FILES[cell.variant]}
    product = product_in(cell.target, MONEY[cell.variant])
    return {"product": product.id} if product else {}
