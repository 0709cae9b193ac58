"""What correct products do differently, and the answers that can be judged: the table `[policies]` of a target file.

Only names; what each answer promises is the scenarios'. Called by the loader, which refuses names that nobody asks for.
"""

from collections.abc import Mapping

NOT_JUDGED = "not judged"
POLICIES: Mapping[str, tuple[str, ...]] = {
    "past_due_access": ("kept", "ended"),
    "plus_addresses": ("apart",),
    "refund_effects": (),
    "other_account_events": ("ignored",),
    "other_mode_events": ("ignored",),
}
"""Policy -> the answers that something judges, besides `not judged`."""
