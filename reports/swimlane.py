"""A timeline as a picture: one column for each party, time going down, arrows between them.

Plain SVG without a size of its own in colours: classes only, coloured by the page's style sheet in light and dark. One
row for each entry rather than a scale of time, so that what happened within a millisecond can still be told apart; the
times stand at the left and long waits are said. Called by `reports.html`.
"""

from markupsafe import Markup

from reports import words
from reports.telling import Entry
from reports.timeline import Timeline

GUTTER, ROW, HEAD, GAP, SHADE = 82, 28, 44, 30, 124
STEPS = (66, 224, 224, 118, 108, 108)
"""From the gutter to the first lane, and on to each next; wide where most arrows run."""
NEXT, MARGIN = 108, 62
CHAR, BOLD_CHAR = 6.5, 7.1
"""The width of a character of an 11 px label, plain and bold, on the safe side."""
WIDEST_PILL = 236
WAIT_MS = 1500.0
"""A pause longer than this is drawn as a break."""


def draw(timeline: Timeline) -> Markup:
    """The picture; everything in it is escaped."""
    lanes = timeline.lanes
    xs = _places(lanes)
    width = max(xs.values()) + MARGIN
    ys, breaks, height = _rows(timeline)
    parts = [_lane(lane, xs[lane], height) for lane in lanes]
    parts += [_break(y, wait, width) for y, wait in breaks]
    parts += [_shade(xs[lane], top, bottom) for lane, top, bottom in _windows(timeline, ys)]
    parts += [_entry(timeline, entry, y, xs, width) for entry, y in zip(timeline.entries, ys, strict=True)]
    head = Markup('<svg class="swim" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{label}">')
    label = f"What happened to {timeline.name}, in {len(timeline.entries)} steps; the same follows as a table"
    return head.format(w=width, h=height, label=label) + Markup("").join(parts) + Markup("</svg>")


def _places(lanes: tuple[str, ...]) -> dict[str, float]:
    x, xs = float(GUTTER), {}
    for index, lane in enumerate(lanes):
        x += STEPS[index] if index < len(STEPS) else NEXT
        xs[lane] = x
    return xs


def _rows(timeline: Timeline) -> tuple[list[float], list[tuple[float, float]], float]:
    ys: list[float] = []
    breaks: list[tuple[float, float]] = []
    y, before = float(HEAD), None
    for entry in timeline.entries:
        now = timeline.ms(entry)
        if before is not None and now - before > WAIT_MS:
            breaks.append((y + GAP / 2 + 5, now - before))
            y += GAP
        y += ROW
        ys.append(y)
        before = now
    return ys, breaks, y + 18


def _windows(timeline: Timeline, ys: list[float]) -> list[tuple[str, float, float]]:
    """Where a lane was disturbed: from the call that a fault met to its answer, at least the fault's own row."""
    windows = []
    for index, entry in enumerate(timeline.entries):
        if entry.kind not in ("fault", "weather"):
            continue
        same = [i for i, other in enumerate(timeline.entries) if entry.ref and other.ref == entry.ref]
        lane = entry.lane
        windows.append((lane, ys[min([*same, index])] - 19, ys[max([*same, index])] + 9))
    return windows


def _lane(lane: str, x: float, height: float) -> Markup:
    return Markup(
        '<g class="lane"><rect x="{l:g}" y="4" width="{w}" height="26" rx="13"/><text x="{x:g}" y="21">{lane}</text>'
        '<line x1="{x:g}" y1="30" x2="{x:g}" y2="{h:g}"/></g>'
    ).format(l=x - 46, w=92, x=x, lane=lane, h=height - 4)


def _break(y: float, wait_ms: float, width: float) -> Markup:
    return Markup(
        '<g class="wait"><line x1="{a}" y1="{y:g}" x2="{w:g}" y2="{y:g}"/><text x="{g}" y="{t:g}">{text}</text></g>'
    ).format(a=GUTTER, y=y, w=width - 8, g=GUTTER - 10, t=y + 4, text=f"{words.seconds(wait_ms / 1000)} later")


def _shade(x: float, top: float, bottom: float) -> Markup:
    return Markup('<rect class="shade" x="{x:g}" y="{y:g}" width="{w}" height="{h:g}" rx="6"/>').format(
        x=x - SHADE / 2, y=top, w=SHADE, h=bottom - top
    )


def _entry(timeline: Timeline, entry: Entry, y: float, xs: dict[str, float], width: float) -> Markup:
    text = entry.text + (f" × {entry.times}" if entry.times > 1 else "")
    moment = words.after(timeline.ms(entry))
    way = f"{entry.lane} → {entry.to}" if entry.to else entry.lane
    title = f"{moment} · {way} · {text}" + (f"\n{entry.detail}" if entry.detail else "")
    style = f"e {entry.tone}" + (" guilty" if entry.guilty else "")
    body = _arrow(entry, text, y, xs, width) if entry.to else _pill(text, y, xs[entry.lane], width)
    return Markup(
        '<g class="{c}"><title>{title}</title><text class="t" x="{g}" y="{y:g}">{moment}</text>{body}</g>'
    ).format(c=style, title=title, g=GUTTER - 10, y=y + 4, moment=moment.removeprefix("+"), body=body)


def _arrow(entry: Entry, text: str, y: float, xs: dict[str, float], width: float) -> Markup:
    start, end = xs[entry.lane], xs[entry.to or entry.lane]
    sign = 1 if end > start else -1
    span = abs(end - start)
    text = _fit(text, span - 12)
    middle = min(max((start + end) / 2, GUTTER + len(text) * CHAR / 2), width - len(text) * CHAR / 2)
    label = Markup('<text class="l" x="{x:g}" y="{y:g}">{text}</text>').format(x=middle, y=y - 5, text=text)
    if entry.lost:
        stop = start + sign * span * 0.62
        return label + Markup('<path class="lost" d="M{a:g} {y:g}H{b:g}"/><path class="x" d="{cross}"/>').format(
            a=start, b=stop, y=y, cross=f"M{stop - 4:g} {y - 4:g}l8 8m0 -8l-8 8"
        )
    tip = f"M{end - sign * 7:g} {y - 4:g}L{end - sign:g} {y:g}L{end - sign * 7:g} {y + 4:g}"
    return label + Markup('<path d="M{a:g} {y:g}H{b:g}"/><path class="tip" d="{tip}"/>').format(
        a=start, b=end - sign, y=y, tip=tip
    )


def _pill(text: str, y: float, x: float, width: float) -> Markup:
    text = _fit(text, WIDEST_PILL)
    wide = len(text) * BOLD_CHAR + 16
    left = min(max(x - wide / 2, GUTTER - 4), width - wide - 2)
    return Markup(
        '<rect class="p" x="{l:g}" y="{t:g}" width="{w:g}" height="21" rx="5"/>'
        '<text class="l" x="{m:g}" y="{y:g}">{text}</text>'
    ).format(l=left, t=y - 12, w=wide, m=left + wide / 2, y=y + 3, text=text)


def _fit(text: str, room: float) -> str:
    """The text cut to this room, in the middle: how it ended and how often it happened are what matters."""
    most = int(room / CHAR)
    if len(text) <= most:
        return text
    question, arrow, answer = text.partition(" → ")
    told, times, count = answer.partition(" × ") if arrow else question.partition(" × ")
    tail = (f"{arrow}{told.partition(' · ')[0]}" if arrow else "") + times + count
    head = question if arrow else told
    if len(tail) > most // 2:
        return text[: most - 1] + "…"
    room_left = most - len(tail)
    return (head if len(head) <= room_left else head[: room_left - 1] + "…") + tail
