"""When a webhook that was not acknowledged is tried again: named presets, in seconds from try to try."""

SCHEDULES: dict[str, tuple[float, ...]] = {
    "fast": (0.5, 1.0, 2.0, 4.0, 8.0),
    "sandbox": (600.0, 3600.0, 7200.0),
    "none": (),
}
