"""When a webhook that was not acknowledged is tried again: named presets, in seconds from try to try.

Vendors publish the whole span, not the steps (three days in live mode, three tries in a few hours in a sandbox); the
steps are ours. Their waits are those of the account's time, which can be moved on (`fakes.patience`).
"""

SCHEDULES: dict[str, tuple[float, ...]] = {
    "fast": (0.5, 1.0, 2.0, 4.0, 8.0),
    "sandbox": (600.0, 3600.0, 7200.0),
    "live": (60.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 43_200.0, 43_200.0, 43_200.0, 43_200.0),
    "day": (60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 14_400.0, 18_000.0, 28_800.0),
    "none": (),
}
FAR_S = 30.0
"""A retry that is further off than this is not waited for by somebody who waits for an acknowledgement."""
