"""What a report never shows: keys, passwords, tokens, signing secrets.

The journals should hold none of them; this is the second lock. Two ways in: `clean` walks a record and blanks values by
the name of their key and by their look, `clean_text` goes over a finished page as the last net. Called by everything in
`reports` that shows a record, and by `reports.write` on what it is about to write.
"""

import re
from typing import Any

HIDDEN = "[hidden]"

_NAMES = re.compile(
    r"(?i)(^|[_\-.])(password|passwd|secret|secrets|token|tokens|authorization|api_?key|cookie|credential|credentials)"
    r"([_\-.]|$)"
)
_NOT_SECRET = frozenset({"handle_sha", "token_sha"})
_LOOKS = re.compile(
    r"""
      \b(?:sk|rk)_(?:test|live)?_?[A-Za-z0-9_]{6,}            # secret and restricted API keys
    | \bwhsec_[A-Za-z0-9+/=_\-]{4,}                           # webhook signing secrets
    | \b\w{2,10}_[A-Za-z0-9]+_secret_[A-Za-z0-9]+             # what lets a phone pay
    | (?i:\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/\-]{6,}=*      # credentials of a header
    | \beyJ[A-Za-z0-9_\-]{6,}\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*   # signed tokens
    | \bxox[a-z]-[A-Za-z0-9\-]{6,}                            # chat tokens
    | \bpat-[a-z0-9]{2,4}-[A-Za-z0-9\-]{8,}                   # private app tokens
    | -----BEGIN[ A-Z]*PRIVATE\ KEY-----[\s\S]*?-----END[ A-Z]*PRIVATE\ KEY-----
    """,
    re.VERBOSE,
)
_HOOK = re.compile(r"(https?://[^\s\"'<>]*/services/)[A-Za-z0-9/_\-]+")
_USER_PART = re.compile(r"(\b[a-z][a-z0-9+.\-]*://[^\s/:@\"'<>]*:)[^\s/@\"'<>]+(@)")


def clean_text(text: str) -> str:
    """The text with everything that looks like a secret blanked out; words that merely mention one stay."""
    text = _LOOKS.sub(HIDDEN, text)
    text = _HOOK.sub(rf"\g<1>{HIDDEN}", text)
    return _USER_PART.sub(rf"\g<1>{HIDDEN}\g<2>", text)


def clean(value: Any) -> Any:
    """A copy of plain data without secrets: by the name of a key, and by the look of a text anywhere in it."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {name: HIDDEN if _by_name(str(name), held) else clean(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [clean(one) for one in value]
    return value


def _by_name(name: str, held: Any) -> bool:
    # A count under such a name ("tokens": 3) hides nothing and may be the evidence.
    return isinstance(held, str) and bool(held) and name not in _NOT_SECRET and bool(_NAMES.search(name))
