"""Who may do what: passwords, access tokens, and whether a thing is one's own. Knows no HTTP and no tables."""

import asyncio
import hashlib
import hmac
import secrets
import time
from typing import Any

import jwt

ISSUER = "pipeline"
AUDIENCE = "app"


def new_id(prefix: str) -> str:
    """An id that cannot be guessed."""
    return f"{prefix}_{secrets.token_hex(10)}"


def _scrypt(password: str, salt: bytes, n: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=8, p=1, maxmem=256 * n * 8 + 2**20)


async def hash_password(password: str, n: int) -> str:
    """The salted hash; `n` is its cost and is kept beside it, so that it may be raised later."""
    salt = secrets.token_bytes(16)
    digest = await asyncio.to_thread(_scrypt, password, salt, n)
    return f"scrypt${n}${salt.hex()}${digest.hex()}"


async def password_fits(password: str, stored: str) -> bool:
    """Whether this is the password; takes the same time for a right and a wrong one."""
    _, n, salt, digest = stored.split("$")
    found = await asyncio.to_thread(_scrypt, password, bytes.fromhex(salt), int(n))
    return hmac.compare_digest(found.hex(), digest)


def issue(secret: str, account_id: str, at: int, lifetime_s: int) -> str:
    """An access token; the same for the same account and second, so that a repeated sign-up gets the same answer."""
    claims = {"sub": account_id, "iss": ISSUER, "aud": AUDIENCE, "iat": at, "exp": at + lifetime_s}
    return jwt.encode(claims, secret, algorithm="HS256")


def claims_of(secret: str, token: str) -> dict[str, Any] | None:
    """What a token says, if we issued it and it has not expired; else nothing."""
    try:
        return jwt.decode(
            token, secret, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER,
            leeway=5, options={"require": ["exp", "sub", "iat"]},
        )  # fmt: skip
    except jwt.InvalidTokenError:
        return None


def bearer(header: str | None) -> str | None:
    """The token of an Authorization header."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def is_operator(secret: str, token: str) -> bool:
    """Whether this is the operators' token."""
    return hmac.compare_digest(token.encode(), secret.encode())


def owns(account_id: str, thing: dict[str, Any] | None) -> bool:
    """Whether a thing exists and belongs to this account; both noes look the same from outside."""
    return thing is not None and thing["account_id"] == account_id


def now() -> int:
    """The wall clock in seconds: for tokens and signatures, which the outside world reads too."""
    return int(time.time())
