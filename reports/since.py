"""What is other than in the last green run, in a few lines; the same ones in text, Markdown and page."""

from collections.abc import Iterator

from reports import words
from reports.material import Data

MOST = 12


def lines(since: Data) -> Iterator[str]:
    """One line for each kind of difference; a line that says so where there is none."""
    if not since:
        return
    commit = f" at {since['commit']}" if since["commit"] else ""
    yield f"compared with {since['run']}{commit}, the last whole run that was green"
    for name, said in (("broken", "broken now"), ("open", "not decided now"), ("gone", "no longer played")):
        if since[name]:
            yield f"{said}: {words.listing(since[name], MOST)}"
    if since["new_count"]:
        yield f"new: {words.plural(since['new_count'], 'cell')}"
    if not (since["broken"] or since["open"] or since["gone"]):
        yield "every cell that passed then passes now"
    for one in since["slos"]:
        yield f"{one['name']}: {one['figure']} {words.seconds(one['then_s'])} then, {words.seconds(one['now_s'])} now"
