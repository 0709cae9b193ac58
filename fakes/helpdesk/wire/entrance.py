"""Who calls: the API token with an agent's or a customer's e-mail, a bearer token, or nobody.

Called by `slice` before a call is read and by the routes to learn who acts.
"""

import base64
import binascii
import hmac

from fakes.calls import Call
from fakes.helpdesk.problems import Problem, forbidden
from fakes.helpdesk.state.people import People, User


class Entrance:
    """Knows callers by their credentials."""

    def __init__(self, people: People, email: str, token: str) -> None:
        self._people = people
        self._email = email
        self._token = token.encode()
        self._seen: dict[str, str | None] = {}

    def knows(self, call: Call) -> bool:
        """Whether the call shows credentials that are right."""
        return self._email_of(call.headers.get("authorization", "")) is not None

    def actor(self, call: Call) -> User:
        """Who acts; the account's agent when nobody was named."""
        email = self._email_of(call.headers.get("authorization", ""))
        if email in (None, self._email):
            return self._people.agent
        return self._people.of_email(str(email)) or self._people.agent

    def check(self, call: Call, who: str) -> None:
        """Refuse a caller who may not do what only agents, or only known users, may do."""
        given = call.headers.get("authorization")
        if given is None:
            if who != "anybody":
                raise Problem("Unauthorized", "Couldn't authenticate you")
            return
        if who == "staff" and not self.actor(call).staff:
            raise forbidden()

    def _email_of(self, given: str) -> str | None:
        if given not in self._seen:
            if len(self._seen) > 1000:
                self._seen.clear()
            self._seen[given] = self._read(given)
        email = self._seen[given]
        if email is None or email == self._email or self._people.of_email(email) is not None:
            return email
        return None

    def _read(self, given: str) -> str | None:
        """The e-mail that right credentials name; a bearer token is the account's agent."""
        email, token = shown_by(given)
        if not hmac.compare_digest(token, self._token):
            return None
        return self._email if email is None else email


def shown_by(given: str) -> tuple[str | None, bytes]:
    """The e-mail (None: a bearer, who names nobody) and the token of an Authorization header; empty when unreadable."""
    scheme, _, rest = given.partition(" ")
    if scheme.lower() == "bearer":
        return None, rest.encode()
    try:
        shown = base64.b64decode(rest, validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        return None, b""
    name, _, token = shown.partition(b"/token:")
    return name.decode("utf-8", "replace").lower(), token
