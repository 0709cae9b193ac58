"""Quotes as documents to print: one page of plain text, in the oldest form that every reader of PDF takes."""

from fakes.payments.state.problem import unexpected
from fakes.payments.state.quotes import KIND, line_items
from fakes.payments.state.store import Account, Thing

LINES_MAX = 45


def quote(account: Account, name: str) -> bytes:
    """A quote that was finalized, as a PDF."""
    found = account.get(KIND, name)
    if found["status"] == "draft":
        raise unexpected("You cannot download a PDF of a draft quote. Finalize it first.", "quote_unexpected_state")
    return paper(_text(found, line_items(account, name)))


def _text(found: Thing, items: list[Thing]) -> list[str]:
    currency = str(found["currency"]).upper()
    lines = [f"Quote {found['number']}", f"Status: {found['status']}", ""]
    lines += [f"{item['quantity']} x {item['description']}: {item['amount_total']} {currency}" for item in items]
    return [*lines[:LINES_MAX], "", f"Total: {found['amount_total']} {currency}"]


def paper(lines: list[str]) -> bytes:
    """These lines on one page; letters beyond Latin-1 become question marks."""
    escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    shown = "BT /F1 11 Tf 56 780 Td 16 TL " + " ".join(f"({line}) Tj T*" for line in escaped) + " ET"
    content = shown.encode("latin-1", "replace")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table + end
