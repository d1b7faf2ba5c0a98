"""A report as one HTML file: style and pictures inside, no script, everything that was pushed escaped; pure."""

from html import escape
from importlib.resources import files

from bellwether.contracts import Kpi, Status
from bellwether.gateway.reports import charts
from bellwether.gateway.reports.content import LINK, Cell, Picture, ReportDocument, Table

MARKS: dict[Status, str] = {"act": "▲ Act", "watch": "◆ Watch", "fine": "● Fine", "unknown": "○ Unknown"}
_FILES = {"csv": "CSV", "parquet": "Parquet"}
_STATUSES = frozenset(MARKS)


def html(report: ReportDocument, picture: Picture) -> bytes:
    """Return the page as UTF-8; it needs nothing beside itself, on a screen or on paper."""
    style = files("bellwether.gateway.reports").joinpath("page.css").read_text(encoding="utf-8")
    body = "".join(
        [
            _header(report),
            *(_cards(title, cards) for title, cards in picture.cards if cards),
            _pictures(picture),
            *(_table(report, table) for table in report.tables),
            _footer(report),
        ]
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.title)}</title><style>{style}</style></head><body><main>{body}</main></body></html>"
    ).encode()


def _header(report: ReportDocument) -> str:
    facts = [
        ("Model", report.model),
        ("Version", report.version or "not registered"),
        ("Owner", report.owner or "not named"),
        ("From", f"{report.begin:%d %b %Y %H:%M} UTC"),
        ("To", f"{report.end:%d %b %Y %H:%M} UTC"),
    ]
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in facts)
    gaps = "".join(f"<li>{escape(text)}</li>" for text in report.coverage)
    known = f"<section><h2>What is not known</h2><ul>{gaps}</ul></section>" if gaps else ""
    return (
        f"<header><p>{_status(report.status)}</p><h1>{escape(report.title)}</h1>"
        f'<p class="lead">{escape(report.sentence)}</p><dl>{rows}</dl></header>{known}'
    )


def _cards(title: str, cards: tuple[Kpi, ...]) -> str:
    shown = "".join(
        f"<li><p>{_status(one.status)}</p><h3>{escape(one.title)}</h3><p>{escape(one.sentence)}</p>"
        + (f'<p class="small">{escape(one.caveat)}</p>' if one.caveat else "")
        + f'<p class="small">Confidence {one.confidence:.0%}. {escape(one.formula)}</p></li>'
        for one in cards
    )
    return f'<section><h2>{escape(title)}: what matters first</h2><ul class="cards">{shown}</ul></section>'


def _pictures(picture: Picture) -> str:
    parts = []
    if drift := charts.trend(
        picture.times, picture.scores, picture.statuses, picture.line, "Drift index of each batch, with its act line"
    ):
        parts.append(f"<section><h2>Drift over time</h2>{drift}</section>")
    said = f"{picture.metric or 'Performance'} of each batch: realised as a full line, estimated dashed"
    if performance := charts.lines(picture.performance, picture.normal, said):
        name = escape((picture.metric or "performance").replace("_", " "))
        parts.append(f"<section><h2>Performance over time ({name})</h2>{performance}</section>")
    if picture.bins:
        each = "".join(
            f"<figure><figcaption>{escape(one.feature)}</figcaption>{charts.distribution(one)}</figure>"
            for one in picture.bins
        )
        legend = '<p class="small"><span class="before">■</span> reference <span class="now">■</span> this batch</p>'
        parts.append(f'<section><h2>Then and now</h2>{legend}<div class="figures">{each}</div></section>')
    return "".join(parts)


def _table(report: ReportDocument, table: Table) -> str:
    if not table.rows:
        return f"<section><h2>{escape(table.title)}</h2><p>None.</p></section>"
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    rows = "".join(f"<tr>{''.join(map(_cell, table.columns, row))}</tr>" for row in table.rows)
    links = ", ".join(
        f'<a href="{escape(report.id)}.{kind}?table={table.name}">{name}</a>' for kind, name in _FILES.items()
    )
    return (
        f'<section><h2>{escape(table.title)}</h2><p class="small noprint">As {links}</p>'
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _cell(column: str, cell: Cell) -> str:
    match cell:
        case str() if column == LINK:
            return f'<td><a href="{escape(cell)}">open</a></td>'
        case None:
            return '<td class="none">not known</td>'
        case bool():
            return f"<td>{'yes' if cell else 'no'}</td>"
        case int():
            return f'<td class="number">{cell:,}</td>'
        case float():
            return f'<td class="number">{cell:.4g}</td>'
        case str() if cell in _STATUSES:
            return f"<td>{_status(cell)}</td>"
    return f"<td>{escape(cell)}</td>"


def _status(status: Status) -> str:
    return f'<span class="status {status}">{MARKS[status]}</span>'


def _footer(report: ReportDocument) -> str:
    return f'<footer class="small">Made by Bellwether on {report.made_at:%d %b %Y %H:%M} UTC.</footer>'
