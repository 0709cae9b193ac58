"""Small pictures of waiting times, from raw samples: how many had their answer by when.

Inline SVG coloured by the page's style sheet. Draws what it is given; decides nothing. Called by `reports.html`.
"""

from collections.abc import Sequence

from markupsafe import Markup

from reports import words

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 460, 168, 44, 26, 16, 16
MOST_DOTS, MOST_POINTS = 60, 200


def ecdf(
    samples_s: Sequence[float], limit_s: float | None = None, quantile: float | None = None, reach: float = 1.0
) -> Markup:
    """The share that was there by each moment, with the limit and the share that was promised.

    `reach` is the share that ever came: where it is below one, the line never gets to the top.
    """
    samples = sorted(float(sample) for sample in samples_s)
    if not samples:
        return Markup("")
    right = max(samples[-1] * 1.08, (limit_s or 0) if (limit_s or 0) < samples[-1] * 12 else 0, 0.01)
    shown = _thinned([(value, reach * (rank + 1) / len(samples)) for rank, value in enumerate(samples)])
    points = [(_x(value, right), _y(share)) for value, share in shown]
    line = f"M{_x(0, right):g} {_y(0):g}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in points) + f"H{WIDTH - RIGHT}"
    parts = [_axes(right)]
    if quantile:
        parts.append(_mark(f"M{LEFT} {_y(quantile):.1f}H{WIDTH - RIGHT}", "q"))
        parts.append(_label(LEFT - 6, _y(quantile) + 4, f"{quantile * 100:g}%", "end"))
    if limit_s is not None and limit_s <= right:
        x = _x(limit_s, right)
        parts.append(_mark(f"M{x:.1f} {TOP}V{HEIGHT - BOTTOM}", "limit"))
        anchor = "end" if x > WIDTH / 2 else "start"
        parts.append(_label(x - 5 if anchor == "end" else x + 5, HEIGHT - BOTTOM - 6, "limit", anchor))
    parts.append(_mark(line, "ecdf"))
    if len(samples) <= MOST_DOTS:
        parts += [Markup('<circle cx="{x}" cy="{y}" r="2"/>').format(x=f"{x:.1f}", y=f"{y:.1f}") for x, y in points]
    aria = f"{len(samples)} samples, from {words.seconds(samples[0])} to {words.seconds(samples[-1])}"
    head = Markup('<svg class="plot" viewBox="0 0 {w} {h}" role="img" aria-label="{aria}">')
    return head.format(w=WIDTH, h=HEIGHT, aria=aria) + Markup("").join(parts) + Markup("</svg>")


def strip(marks: Sequence[tuple[str, float]], limit_s: float | None = None) -> Markup:
    """Named moments on one line of time with the limit, for when the samples themselves were not kept."""
    if not marks:
        return Markup("")
    right = max([value for _, value in marks] + ([limit_s] if limit_s else [])) * 1.1 or 0.01
    y = 58
    parts = [_mark(f"M{LEFT} {y}H{WIDTH - RIGHT}", "axis")]
    if limit_s is not None:
        x = _x(limit_s, right)
        parts += [_mark(f"M{x:.1f} {y - 34}V{y + 12}", "limit"), _label(x - 5, y - 26, "limit", "end")]
    ends = [0.0, 0.0]
    for index, (name, value) in enumerate(marks):
        x = _x(value, right)
        parts.append(Markup('<circle cx="{x}" cy="{y}" r="4"/>').format(x=f"{x:.1f}", y=y))
        # Where two names would overlap, the later one is left to the line of text above the picture.
        row = index % 2
        if x - ends[row] > 30:
            parts.append(_label(x, y - 10 if row else y + 20, name, "middle"))
            ends[row] = x
    aria = ", ".join(f"{name} {words.seconds(value)}" for name, value in marks)
    head = Markup('<svg class="plot" viewBox="0 0 {w} {h}" role="img" aria-label="{aria}">')
    return head.format(w=WIDTH, h=96, aria=aria) + Markup("").join(parts) + Markup("</svg>")


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Every point when few; else evenly chosen ones and the whole upper tail, which is what limits are about."""
    if len(points) <= MOST_POINTS:
        return points
    tail, body = points[-MOST_POINTS // 4 :], points[: -MOST_POINTS // 4]
    return body[:: max(1, len(body) // (MOST_POINTS * 3 // 4))] + tail


def _x(value: float, right: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, value / right)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share


def _axes(right: float) -> Markup:
    marks = [_mark(f"M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}", "axis")]
    marks.append(_label(LEFT - 6, _y(0) + 2, "0%", "end"))
    for part in (0.0, 0.5, 1.0):
        anchor = {0.0: "start", 0.5: "middle", 1.0: "end"}[part]
        marks.append(_label(_x(part * right, right), HEIGHT - 8, words.seconds(part * right) if part else "0", anchor))
    return Markup("").join(marks)


def _mark(path: str, style: str) -> Markup:
    return Markup('<path class="{c}" d="{d}"/>').format(c=style, d=path)


def _label(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{x}" y="{y}" text-anchor="{a}">{t}</text>').format(
        x=f"{x:.1f}", y=f"{y:.1f}", a=anchor, t=text
    )
