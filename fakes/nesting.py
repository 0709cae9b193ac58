"""How deep a JSON text is nested, told without parsing it.

Vendors refuse what is nested beyond reason; here nothing deeper may reach code that follows the nesting by itself.
"""

import re

DEPTH_MAX = 100
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


def too_deep(text: bytes) -> bool:
    """Whether lists and objects are nested deeper than `DEPTH_MAX`; what is no JSON is not."""
    if text[:64].lstrip()[:1] not in (b"[", b"{") or text.count(b"[") + text.count(b"{") <= DEPTH_MAX:
        return False
    depth = 0
    for match in _TOKENS.finditer(text):
        first = match[0]
        if first in (b"[", b"{"):
            depth += 1
            if depth > DEPTH_MAX:
                return True
        elif first in (b"]", b"}"):
            depth -= 1
    return False
