"""Small pictures as inline SVG: every text is escaped, every picture says in words what it shows; pure."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from bellwether.contracts import FeatureBins, Status

_W, _H, _LEFT, _BOTTOM = 640, 160, 48, 22
_MARK: dict[Status, str] = {
    "act": '<path class="act" d="M{x} {t}l5 9h-10z"/>',
    "watch": '<path class="watch" d="M{x} {t}l5 5l-5 5l-5-5z"/>',
    "fine": '<circle class="fine" cx="{x}" cy="{y}" r="2.5"/>',
    "unknown": '<circle class="unknown" cx="{x}" cy="{y}" r="3"/>',
}


def trend(
    times: Sequence[datetime],
    values: Sequence[float | None],
    statuses: Sequence[Status],
    line: float | None,
    said: str,
) -> str:
    """Return a series over time with its line of action; what is not known is a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    high = max([*known, line or 0.0]) * 1.1 or 1.0
    spots = [
        (_x(time, times), None if value is None else _y(value, 0.0, high), status)
        for time, value, status in zip(times, values, statuses, strict=True)
    ]
    parts = [_axis(times, 0.0, high)]
    if line is not None:
        y = _y(line, 0.0, high)
        parts.append(
            f'<path class="line" d="M{_LEFT} {y}H{_W}"/><text x="{_W}" y="{y - 4}" class="end">act {line:g}</text>'
        )
    parts.append(f'<path class="series" d="{_path([(x, y) for x, y, _ in spots])}"/>')
    parts += [_MARK[status].format(x=x, y=y, t=round(y - 5, 1)) for x, y, status in spots if y is not None]
    return _svg(said, _W, _H, "".join(parts))


def lines(series: Sequence[tuple[datetime, float, str]], normal: float | None, said: str) -> str:
    """Return two series over time: realised as a full line with dots, estimated dashed."""
    if not series:
        return ""
    times = [time for time, _, _ in series]
    values = [value for _, value, _ in series] + ([normal] if normal is not None else [])
    low, high = min(values), max(values)
    pad = 0.1 * (high - low) or abs(high) * 0.1 or 1.0
    low, high = low - pad, high + pad
    parts = [_axis(times, low, high)]
    if normal is not None:
        y = _y(normal, low, high)
        parts.append(_level(y, "normal"))
    for kind, style in (("estimated", "series dashed"), ("realised", "series")):
        spots = [(_x(time, times), _y(value, low, high)) for time, value, of in series if of == kind]
        parts.append(f'<path class="{style}" d="{_path(spots)}"/>')
        if kind == "realised":
            parts += [f'<circle class="dot" cx="{x}" cy="{y}" r="2.5"/>' for x, y in spots]
    return _svg(said, _W, _H, "".join(parts))


def distribution(bins: FeatureBins) -> str:
    """Return shares of reference and batch by bin, side by side; missing values last."""
    sides = [(*bins.reference, bins.missing[0]), (*bins.current, bins.missing[1])]
    shares = [[count / max(1, sum(side)) for count in side] for side in sides]
    top = max(map(max, shares)) or 1.0
    width, height, count = 300, 90, len(sides[0])
    step = width / count
    bars = []
    for place in range(count):
        for side, style in ((0, "before"), (1, "now")):
            size = round(height * shares[side][place] / top, 1)
            x = round(place * step + side * step * 0.42 + step * 0.06, 1)
            bars.append(
                f'<rect class="{style}" x="{x}" y="{height - size}" width="{round(step * 0.4, 1)}" height="{size}"/>'
            )
    ends = f'<text x="0" y="{height + 14}">{escape(_low(bins))}</text>'
    ends += f'<text x="{width}" y="{height + 14}" class="end">{escape(_high(bins))}</text>'
    said = f"Distribution of {bins.feature}: reference beside this batch"
    return _svg(said, width, height + 20, "".join(bars) + ends)


def _svg(said: str, width: int, height: int, inside: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        f"<title>{escape(said)}</title>{inside}</svg>"
    )


def _axis(times: Sequence[datetime], low: float, high: float) -> str:
    base = _H - _BOTTOM
    return (
        f'<path class="axis" d="M{_LEFT} 8V{base}H{_W}"/>'
        f'<text x="{_LEFT - 6}" y="16" class="end">{high:.3g}</text>'
        f'<text x="{_LEFT - 6}" y="{base}" class="end">{low:.3g}</text>'
        f'<text x="{_LEFT}" y="{_H - 6}">{times[0]:%d %b %Y}</text>'
        f'<text x="{_W}" y="{_H - 6}" class="end">{times[-1]:%d %b %Y}</text>'
    )


def _level(y: float, said: str) -> str:
    return f'<path class="line" d="M{_LEFT} {y}H{_W}"/><text x="{_W}" y="{y - 4}" class="end">{escape(said)}</text>'


def _path(spots: Sequence[tuple[float, float | None]]) -> str:
    parts, pen_up = [], True
    for x, y in spots:
        if y is None:
            pen_up = True
            continue
        parts.append(f"{'M' if pen_up else 'L'}{x} {y}")
        pen_up = False
    return "".join(parts)


def _x(time: datetime, times: Sequence[datetime]) -> float:
    first, last = min(times), max(times)
    share = (time - first) / (last - first) if last > first else 0.5
    return round(_LEFT + 8 + share * (_W - _LEFT - 16), 1)


def _y(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return round(8 + (1 - share) * (_H - _BOTTOM - 8), 1)


def _low(bins: FeatureBins) -> str:
    return f"{bins.low:.4g}" if bins.low is not None else (bins.labels[0][:24] if bins.labels else "")


def _high(bins: FeatureBins) -> str:
    last = f"{bins.high:.4g}" if bins.high is not None else (bins.labels[-1][:24] if bins.labels else "")
    return f"{last}, missing"
