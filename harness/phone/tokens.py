"""Access tokens that must not be believed: none, garbage, altered, unsigned, signed by somebody else, expired.

Pure. What a token says is only read when it is a JWT; other kinds of tokens can be altered, not written. Called by the
phone for its probes.
"""

import base64
from collections.abc import Callable, Mapping

import jwt

from harness.clock import unix_s
from harness.errors import UsageError

HOUR_S = 3600
STRANGERS_KEY = "a-key-of-somebody-else-who-signs-tokens-too"
Spoil = Callable[[str, str | None], str | None]


def spoiled(token: str, how: str, key: str | None = None) -> str | None:
    """This token spoiled; `key` is what signs the target's tokens, needed for an `expired` one that is signed well."""
    if how not in WAYS:
        raise UsageError(f"a token cannot be spoiled as {how!r}; there are {', '.join(WAYS)}")
    return WAYS[how](token, key)


def _unsigned(token: str, key: str | None) -> str | None:
    if token.count(".") != 2:
        return _altered(token, key)
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def _altered(token: str, _key: str | None) -> str | None:
    # In the middle of the last part: the last letter of base64 may hold bits that do not count.
    if not token:
        return "x"
    place = len(token) - max(2, len(token.rpartition(".")[2]) // 2)
    return token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]


def _claims(token: str) -> Mapping[str, object]:
    try:
        return dict(jwt.decode(token, options={"verify_signature": False}))
    except jwt.InvalidTokenError as problem:
        raise UsageError(f"the access token is no JWT, so it cannot be written anew ({problem})") from None


def _of_a_stranger(token: str, _key: str | None) -> str | None:
    if token.count(".") != 2:
        return _altered(token, None)
    return jwt.encode(dict(_claims(token)), STRANGERS_KEY, algorithm="HS256")


def _expired(token: str, key: str | None) -> str | None:
    if key is None:
        raise UsageError("the target does not say which secret signs its tokens (auth.jwt_secret)")
    then = unix_s() - HOUR_S
    return jwt.encode({**_claims(token), "iat": then - HOUR_S, "exp": then}, key, algorithm="HS256")


WAYS: dict[str, Spoil] = {
    "no_token": lambda token, key: None,
    "empty": lambda token, key: "",
    "garbage": lambda token, key: "garbage." + "x" * 24,
    "altered": _altered,
    "unsigned": _unsigned,
    "other_key": _of_a_stranger,
    "expired": _expired,
}
