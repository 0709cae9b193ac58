"""The contract with a pipeline: a TOML file, what it says as frozen data, and how it is resolved for one run.

Not a client of the pipeline: that is the phone. `load_target` is called by the roof, `Target.from_data` by the load,
which gets the target as the data that a run keeps. Nothing here opens a connection.
"""

from harness.target.app import App, Control
from harness.target.asking import Effect, Flow, Operation
from harness.target.file import load_target, target_of_text
from harness.target.model import DOCKER, PROCESSES, Target
from harness.target.parts import Category, Limits, Pending, Plan, Process, Product, Slo
from harness.target.resolve import Resolved

__all__ = [
    "DOCKER",
    "PROCESSES",
    "App",
    "Category",
    "Control",
    "Effect",
    "Flow",
    "Limits",
    "Operation",
    "Pending",
    "Plan",
    "Process",
    "Product",
    "Resolved",
    "Slo",
    "Target",
    "load_target",
    "target_of_text",
]
