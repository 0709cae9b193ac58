"""Who asks: by which key, in which account, and whether that key may do this at all.

Test keys only. The configured secret key, the publishable key and the restricted key belong to the default account;
every other test key has an account of its own. `Stripe-Account` leads on into a connected account of the key's own.
"""

import base64
from collections.abc import Callable
from functools import lru_cache

from fakes.calls import Call
from fakes.payments.settings import Settings
from fakes.payments.state.problem import Problem
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import DEFAULT
from fakes.payments.wire import answers, devices, ephemeral, permissions

CLIENT = "client"
"""How the default account is called while a person's device asks; `client acct_1...` in a connected account."""
SHOWN = 4


class Credentials:
    """The keys of one provider."""

    def __init__(self, provider: Provider, settings: Settings, secret: str, publishable: str, restricted: str) -> None:
        self._provider, self._settings = provider, settings
        self._secret, self._publishable, self._restricted = secret, publishable, restricted
        self._asks: dict[str, Callable[[Call], str]] = {
            secret: lambda call: DEFAULT,
            publishable: self._by_device,
            restricted: self._by_restricted,
        }

    def account_of(self, call: Call) -> str:
        """The name of the account that a call is about; `Problem` when its key will not do."""
        key = _credential(call.headers.get("authorization", ""))
        by_key = self._asks.get(key)
        if by_key is not None:
            name = by_key(call)
        elif key.startswith(ephemeral.PREFIX):
            return ephemeral.account_of(self._provider, key, call)
        else:
            name = _other(key)
        connected = call.headers.get("stripe-account")
        return name if connected is None else self._connected(name, connected, key)

    def _by_device(self, call: Call) -> str:
        if devices.may(call):
            return CLIENT
        raise Problem(
            "This API call cannot be made with a publishable API key. Please use a secret API key. You can find "
            "a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
            status=403,
            code="secret_key_required",
            executed=False,
        )

    def _by_restricted(self, call: Call) -> str:
        if call.route is None:
            return DEFAULT
        permission = permissions.needed(call.route.operation)
        if permissions.granted(permission, permissions.named(self._settings.restricted_permissions)):
            return DEFAULT
        raise Problem(
            f"The provided key '{hidden(self._restricted)}' does not have the required permissions for this endpoint "
            f"on account '{self._provider.identity(DEFAULT)}'. Having the 'rak_{permission}' permission would allow "
            "this request to continue.",
            status=403,
            executed=False,
        )

    def _connected(self, name: str, connected: str, key: str) -> str:
        own = own_name(name)
        if connected == self._provider.identity(own):
            return name
        if self._provider.account(own).find("account", connected) is None:
            raise Problem(
                f"The provided key '{hidden(key)}' does not have access to account '{connected[:60]}' (or that account "
                "does not exist). Application access may have been revoked.",
                status=403,
                code="account_invalid",
                executed=False,
            )
        return f"{CLIENT} {connected}" if is_device(name) else connected


def is_device(name: str) -> bool:
    """Whether a call's account says that a person's device asks."""
    return name.startswith(CLIENT)


def own_name(name: str) -> str:
    """The account's own name, whoever asks."""
    return (name.partition(" ")[2] or DEFAULT) if name.startswith(CLIENT) else name


def hidden(key: str) -> str:
    """A key as the provider shows it: its kind and its last letters."""
    return f"{key[:8]}{'*' * max(8, len(key) - 8 - SHOWN)}{key[-SHOWN:]}"


def _other(key: str) -> str:
    if not key:
        raise answers.authentication(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See "
            "https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/."
        )
    if key.startswith(("sk_live_", "rk_live_", "pk_live_")):
        raise answers.authentication(
            "Live keys are refused: this is a stand-in for tests, and a live key must never reach it. "
            "Configure a key that begins with sk_test_."
        )
    if key.startswith(("sk_test_", "rk_test_")) and len(key) > len("sk_test_"):
        return key
    raise answers.authentication(f"Invalid API Key provided: {key[:7]}{'*' * 8}{key[-4:]}")


@lru_cache(256)
def _credential(header: str) -> str:
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except ValueError:
            return ""
    return ""
