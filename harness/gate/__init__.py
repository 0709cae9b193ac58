"""What a verdict means for a redeploy: what fails the gate, what is known and until when, what was tried again.

Works on a verdict as data, after the judge, and changes none of it: what it decides is kept beside as `gate.json`.
"""

from harness.gate.baseline import Known, read_baseline
from harness.gate.earlier import not_passed, since_green
from harness.gate.policy import Policy, policy_of
from harness.gate.ruling import decide, undecided

__all__ = ["Known", "Policy", "decide", "not_passed", "policy_of", "read_baseline", "since_green", "undecided"]
