"""A buyer's browser without a browser: follows links, fills in forms and posts them, as plain HTTP."""

from dataclasses import dataclass
from html.parser import HTMLParser

import requests

GOOD_CARD = {"cardNumber": "4242 4242 4242 4242", "cardExpiry": "12 / 34", "cardCvc": "123"}


class _Form(HTMLParser):
    """The fields of a page's form, with what they hold, and all of its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note fields and links."""
        given = dict(attrs)
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag == "input" and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.fields[given.get("name") or ""] = given.get("value") or ""


@dataclass
class Seen:
    """A page, or the address that the browser was sent to."""

    status: int
    text: str
    url: str
    """Where it is, or where it leads."""

    @property
    def fields(self) -> dict[str, str]:
        """The form's fields with what they hold."""
        return _Form(self.text).fields

    @property
    def links(self) -> list[str]:
        """Where links lead."""
        return _Form(self.text).links


def look(url: str) -> Seen:
    """What is there."""
    return _seen(requests.get(url, timeout=10, allow_redirects=False))


def fill(url: str, **values: str) -> Seen:
    """Open the page, fill these in beside what is there, and send it."""
    page = look(url)
    return _seen(requests.post(url, data=page.fields | values, timeout=10, allow_redirects=False))


def _seen(answer: requests.Response) -> Seen:
    return Seen(answer.status_code, answer.text, answer.headers.get("location", answer.url))
