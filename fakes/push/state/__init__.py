"""What the push service and the devices remember, allow and refuse; no HTTP."""
