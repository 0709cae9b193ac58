"""Pages as replies: HTML from our templates, and redirects."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fakes.calls import Reply
from fakes.payments.state.money import shown

HTML = "text/html; charset=utf-8"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "Referrer-Policy": "no-referrer",
}
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["money"] = shown


def page(status: int, template: str, **values: Any) -> Reply:
    """A page from a template."""
    body = _TEMPLATES.get_template(f"{template}.html.j2").render(values).encode()
    return Reply(status, body, dict(HEADERS), HTML)


def said(status: int, title: str, text: str, link: tuple[str, str] | None = None) -> Reply:
    """A page that only says something; `link` is an address and its words."""
    return page(status, "said", title=title, text=text, link=link)


def see(url: str) -> Reply:
    """Send the browser on."""
    return Reply(303, b"", {"Location": url, "Cache-Control": "no-store"}, HTML)
