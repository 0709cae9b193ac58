"""Who may call: the private app's token, and an OAuth app's tokens, which expire and are refreshed.

Everything follows the portal's clock. An authorization code works once; a refresh token works until it is revoked, or
(with `rotate_refresh_tokens`) once, and using a spent one again revokes all that came of it. Called by `slice` and by
the routes of OAuth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from fakes.contents import Part
from fakes.crm.problems import Problem
from fakes.crm.state.scopes import EVERY
from fakes.crm.state.settings import Settings
from fakes.crm.state.values import iso
from harness.clock import Clock
from harness.rng import fresh_token

CODE_S = 60
"""How long an authorization code can be exchanged; the vendor says only that it is short."""
USER = "ada.rivers@sales.example.com"


class Denied(Exception):
    """A refusal of the OAuth endpoints: the standard's name, the vendor's own, and a sentence."""

    def __init__(self, error: str, status: str, message: str) -> None:
        super().__init__(message)
        self.error, self.status, self.message = error, status, message


@dataclass(slots=True, kw_only=True)
class Grant:
    """What one consent of a user led to."""

    scopes: tuple[str, ...]
    redirect: str
    until: datetime
    used: bool = False
    revoked: bool = False


@dataclass(slots=True, kw_only=True)
class Token:
    """An access token or a refresh token."""

    grant: Grant
    expires: datetime | None
    spent: bool = False
    """A refresh token that was rotated away."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose call it is, and what they may do."""

    app: str
    scopes: frozenset[str]
    private: bool


@lru_cache(64)
def _private(scopes: str) -> Caller:
    """Whoever shows the private app's token, which has these scopes, or every one when none are named."""
    return Caller("private", frozenset(scopes.split() or EVERY), private=True)


@dataclass(slots=True, kw_only=True)
class App:
    """The one OAuth app of this portal."""

    client_id: str
    client_secret: str
    number: int
    redirect_uri: str = ""
    """The only address that codes are sent to; empty for any."""


@dataclass(slots=True)
class Access(Part):
    """All tokens of one portal."""

    KEPT = ("_codes", "_access", "_refresh")

    clock: Clock
    portal: int
    private_token: str
    developer_key: str
    app: App
    settings: Settings
    suffix: str = ""
    """How every code and token ends that is given out here."""
    _codes: dict[str, Grant] = field(default_factory=dict)
    _access: dict[str, Token] = field(default_factory=dict)
    _refresh: dict[str, Token] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget all codes and tokens but the private app's."""
        self._codes.clear()
        self._access.clear()
        self._refresh.clear()

    def caller(self, authorization: str) -> Caller:
        """Whose call it is by its `Authorization` header; refused when nobody's, or when the token has expired."""
        kind, _, token = authorization.partition(" ")
        if kind.lower() == "bearer" and token == self.private_token:
            return _private(self.settings.token_scopes)
        found = self._access.get(token) if kind.lower() == "bearer" else None
        if found is None or found.grant.revoked:
            raise Problem("INVALID_AUTHENTICATION", UNAUTHENTICATED)
        if found.expires is not None and found.expires <= self.clock.wall():
            ago = int((self.clock.wall() - found.expires).total_seconds())
            message = f"The OAuth token used to make this call expired {ago} second(s) ago."
            raise Problem("EXPIRED_AUTHENTICATION", message, None, (), {"expire time": [iso(found.expires)]})
        return Caller(f"oauth-{self.app.number}", frozenset(found.grant.scopes), private=False)

    def developer(self, key: str) -> Caller:
        """Whose call it is by a developer's key, which opens the app's settings alone."""
        if key != self.developer_key:
            raise Problem("INVALID_AUTHENTICATION", UNAUTHENTICATED)
        return Caller("developer", frozenset(), private=False)

    # -- consent ------------------------------------------------------------------------------------------------

    def consent(self, asked: Mapping[str, str]) -> str:
        """A user lets the app in: the code that it can exchange."""
        if asked.get("client_id") != self.app.client_id:
            raise Denied("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id")
        redirect = asked.get("redirect_uri", "")
        if not redirect or (self.app.redirect_uri and redirect != self.app.redirect_uri):
            raise Denied("invalid_request", "BAD_REDIRECT_URI", "missing or invalid redirect uri")
        wanted = (asked.get("scope") or asked.get("scopes") or "").split()
        optional = (asked.get("optional_scope") or asked.get("optional_scopes") or "").split()
        unknown = [each for each in wanted if each not in EVERY]
        if unknown or not wanted:
            raise Denied("invalid_scope", "BAD_SCOPES", f"missing or unknown scopes: {' '.join(unknown)}")
        granted = tuple(dict.fromkeys((*wanted, *(each for each in optional if each in EVERY))))
        code = fresh_token("code-") + self.suffix
        self._codes[code] = Grant(
            scopes=granted, redirect=redirect, until=self.clock.wall() + timedelta(seconds=CODE_S)
        )
        return code

    # -- tokens -------------------------------------------------------------------------------------------------

    def exchange(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Tokens for a code or for a refresh token."""
        self._known(form)
        kind = form.get("grant_type")
        if kind == "authorization_code":
            return self._tokens(self._redeemed(form), None)
        if kind == "refresh_token":
            given = form.get("refresh_token", "")
            found = self._refresh.get(given)
            if found is not None and found.spent:
                found.grant.revoked = True
            if found is None or found.spent or found.grant.revoked:
                raise Denied("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
            return self._tokens(found.grant, given)
        raise Denied("unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type")

    def _known(self, form: Mapping[str, str]) -> None:
        if form.get("client_id") != self.app.client_id:
            raise Denied("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id")
        if form.get("client_secret") != self.app.client_secret:
            raise Denied("invalid_client", "BAD_CLIENT_SECRET", "missing or invalid client secret")

    def _redeemed(self, form: Mapping[str, str]) -> Grant:
        grant = self._codes.get(form.get("code", ""))
        if grant is None or grant.used or grant.until <= self.clock.wall():
            raise Denied("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code")
        if form.get("redirect_uri") != grant.redirect:
            raise Denied("invalid_grant", "BAD_REDIRECT_URI", "redirect uri does not match initial auth code URI")
        grant.used = True
        return grant

    def _tokens(self, grant: Grant, refresh: str | None) -> dict[str, Any]:
        lasts = self.settings.token_expires_s
        access = fresh_token("oauth-") + self.suffix
        self._access[access] = Token(grant=grant, expires=self.clock.wall() + timedelta(seconds=lasts))
        if refresh is None or self.settings.rotate_refresh_tokens:
            if refresh is not None:
                self._refresh[refresh].spent = True
            refresh = fresh_token("refresh-") + self.suffix
            self._refresh[refresh] = Token(grant=grant, expires=None)
        return {
            "token_type": "bearer",
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": lasts,
            "hub_id": self.portal,
            "scopes": list(grant.scopes),
            "user_id": int(str(self.app.number)[-6:]),
            "token_use": "access_token",
        }

    def revoke(self, token: str) -> None:
        """A refresh token works no more, nor do its access tokens; an unknown one is no error."""
        found = self._refresh.get(token) or self._access.get(token)
        if found is not None:
            found.grant.revoked = True

    # -- looking ------------------------------------------------------------------------------------------------

    def about(self, token: str) -> dict[str, Any] | None:
        """What is known of a token; None for one that never was."""
        found = self._access.get(token)
        kind = "access" if found is not None else "refresh"
        found = found or self._refresh.get(token)
        if found is None:
            return None
        left = None if found.expires is None else int((found.expires - self.clock.wall()).total_seconds())
        told: dict[str, Any] = {
            "active": not (found.grant.revoked or found.spent or (left is not None and left <= 0)),
            "token": token,
            "token_type": kind,
            "token_use": f"{kind}_token",
            "user": USER,
            "hub_domain": f"portal-{self.portal}.example.com",
            "hub_id": self.portal,
            "app_id": self.app.number,
            "client_id": self.app.client_id,
            "user_id": int(str(self.app.number)[-6:]),
            "scopes": list(found.grant.scopes),
        }
        if left is not None:
            told |= {"expires_in": max(0, left), "is_private_distribution": False}
        return told


UNAUTHENTICATED = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at "
    "https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)
