"""What placeholders may stand for, by where they stand: names and, where they are known beforehand, their parts.

Words only; what they are filled with comes from the flows, from answers, and from the run. Used to find placeholders
that nothing could ever fill.
"""

from collections.abc import Iterable, Mapping

FLOWS = (
    "sign_up", "sign_in", "buy", "subscribe", "change_plan", "cancel", "help_text", "help_attachment", "read_state",
    "open_notice",
)  # fmt: skip
"""The flows that ship."""
OFFER = ("id", "amount", "currency", "currency_upper", "decimal")
SCOPES: Mapping[str, tuple[str, ...]] = {
    "person": (
        "marker", "first_name", "last_name", "name", "given", "family", "source", "email", "email_lower", "password",
        "phone", "company", "lead", "device",
    ),
    "product": (*OFFER, "credits"),
    "plan": OFFER,
    "ticket": ("subject", "message", "category", "queue", "priority", "attachment"),
    "notice": ("kind", "id", "state"),
    "payment": ("method", "wallet", "token", "result", "tries"),
    "attachment": ("name", "size", "sha256", "content_type"),
    "account": ("plan",),
    "chance": (),
}  # fmt: skip
"""Of operations and effects; no parts means that any part may be meant."""
PROCESS_SCOPES = ("python", "bin", "here", "launcher", "work", "flaw", "fakes", "port", "secret")
"""Of commands, environments and `ready`."""


def choices_for(name: str, known: Iterable[str]) -> list[str] | None:
    """What could stand in place of a placeholder that stands for nothing; None when it is well."""
    first, _, rest = name.replace(":", ".").partition(".")
    names = list(known)
    if first not in names:
        return names
    parts = SCOPES.get(first) or ()
    return [f"{first}.{part}" for part in parts] if rest and parts and rest.partition(".")[0] not in parts else None
