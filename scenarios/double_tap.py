"""Double tap on Buy: one wish, two taps."""

from harness.cell import Cell
from harness.promises import converges, exactly_once, fact
from harness.scenario import HTTP, Case, scenario

GAPS_MS = (0, 50, 400)
VARIANTS = tuple(f"{guard}_{gap}ms" for guard in ("app_guard", "server_guard") for gap in GAPS_MS)


def _facts(case: Case) -> list[dict[str, object]]:
    if case.variant.startswith("app_guard"):
        return [fact("attempts", min=1), fact("taps", min=2), fact("read_final")]
    return [fact("attempts", min=2), fact("same_key"), fact("taps", min=2), fact("read_final")]


@scenario(
    flows=("buy", "subscribe", "help_text"),
    variants=VARIANTS,
    promises=[exactly_once(), converges()],
    facts=_facts,
    hands=(HTTP,),
    why_not="in a page the app itself guards its button: see page_taps",
)
async def double_tap(cell: Cell) -> None:
    """Double tap on Buy.

    The button is tapped twice, at once, or 50 or 400 ms apart. With the app's guard the second tap sends nothing.
    Without it two requests with one key reach the server, which must make one purchase of them.
    """
    guard, _, gap = cell.variant.rpartition("_")
    phone = await cell.ready_for(cell.flow)
    await phone.double_tap(cell.flow, gap_ms=int(gap.removesuffix("ms")), guarded=guard == "app_guard")
    await cell.settle_all()
