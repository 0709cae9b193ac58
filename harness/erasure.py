"""Cleaning up: the people that a run made at a pipeline that goes on without it are erased, where it offers that.

After the last look, and journaled as a phase of its own: what vendors are told from then on is no longer judged. Who
has no token, or was made by the load, cannot ask and is left; how many is told. Called by the run.
"""

from harness.drive import Driver
from harness.stage import Stage

LEFT = "erasure.json"
"""How many were erased, and the markers of those who were left, so that somebody can find them."""
PHASE = "erasure"


async def clean_up(stage: Stage, driver: Driver) -> str | None:
    """Erase everybody who can be; answers what to tell, None where the pipeline goes with the run."""
    if stage.target.reached is None:
        return None
    people = [phone for cell in driver.cells for phone in cell.phones]
    operation = stage.target.safety.erase
    if operation is None:
        return f"{len(people)} people stay where they were made: the target file names no request (`safety.erase`)"
    stage.note(PHASE, "begin")
    left = [phone.person.marker for phone in people if not (phone.token and await phone.erase(operation))]
    erased = len(people) - len(left)
    stage.note(PHASE, "end", erased=erased, left=len(left))
    stage.folder.save(LEFT, {"erased": erased, "left": left})
    return f"erased {erased} of {len(people)} people" + (
        f"; left {len(left)}: {stage.folder.path / LEFT} has their markers, which their addresses hold" if left else ""
    )
