"""Starts, waits for and stops the processes a run needs, and leaves nothing behind however the run ends.

Knows no vendor and no target: whoever calls says what to start (`ProcessSpec`). Used by `harness.stage` and the roof.
"""

from harness.stack.running import Running
from harness.stack.spec import ProcessSpec
from harness.stack.stack import Stack

__all__ = ["ProcessSpec", "Running", "Stack"]
