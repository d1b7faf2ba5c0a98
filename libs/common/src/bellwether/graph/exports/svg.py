"""A picture: lanes from left to right by how far things are from the root, status as shape, letter and colour."""

from datetime import datetime
from xml.sax.saxutils import escape

from bellwether.contracts import Node, RunStatus
from bellwether.graph.exports.dot import hidden
from bellwether.graph.sentences import KINDS, shortened
from bellwether.graph.walk import Walked

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN, _LETTERS = 190, 46, 70, 18, 24, 24
_FILL: dict[RunStatus, str] = {
    "SUCCEEDED": "#1a7f4b",
    "FAILED": "#b3261e",
    "ABORTED": "#8a5a00",
    "RUNNING": "#1f5fb0",
    "QUEUED": "#5f6368",
    "UNKNOWN": "#ffffff",
}
_LETTER: dict[RunStatus, str] = {
    "SUCCEEDED": "S",
    "FAILED": "F",
    "ABORTED": "A",
    "RUNNING": "R",
    "QUEUED": "Q",
    "UNKNOWN": "?",
}
_DASH = {"exact": "", "bridge": "", "inferred": ' stroke-dasharray="6 3"', "unresolved": ' stroke-dasharray="2 3"'}


def svg(found: Walked, now: datetime) -> bytes:
    """Return the walk as a picture without scripts, links or anything to load."""
    columns: dict[int, list[Node]] = {}
    for node in found.nodes.values():
        columns.setdefault(_column(found, node.node), []).append(node)
    places = {
        node.node: (_MARGIN + n * (_WIDTH + _GAP_X), _MARGIN + row * (_HEIGHT + _GAP_Y))
        for n, column in enumerate(sorted(columns))
        for row, node in enumerate(sorted(columns[column], key=lambda one: (one.kind, one.label, one.node)))
    }
    width = max(x for x, _ in places.values()) + _WIDTH + _MARGIN
    height = max(y for _, y in places.values()) + _HEIGHT + 2 * _MARGIN
    title = f"Provenance of {found.nodes[found.root].label}"
    note = f"left out: {hidden(found)}" if found.truncated else "complete within its bounds"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="12">',
        f"<title>{_text(title)}</title><desc>{_text(note)}</desc>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *(
            _line(places[hop.src], places[hop.dst], hop.rel, _DASH[hop.evidence])
            for _, hop in sorted(found.hops.items())
            if hop.src in places and hop.dst in places
        ),
        *(_box(node, *places[node.node], root=node.node == found.root) for _, node in sorted(found.nodes.items())),
        f'<text x="{_MARGIN}" y="{height - 8}" fill="#5f6368">{_text(note)}</text>',
        "</svg>",
    ]
    return "\n".join(parts).encode()


def _column(found: Walked, id: str) -> int:
    return -found.up[id] if id in found.up else found.down.get(id, 0)


def _line(start: tuple[int, int], end: tuple[int, int], rel: str, dash: str) -> str:
    x1, y1, x2, y2 = start[0] + _WIDTH, start[1] + _HEIGHT // 2, end[0], end[1] + _HEIGHT // 2
    middle = (x1 + x2) // 2
    return (
        f'<path d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}" fill="none" stroke="#5f6368"{dash}>'
        f"<title>{_text(rel)}</title></path>"
    )


def _box(node: Node, x: int, y: int, *, root: bool) -> str:
    known = node.status != "UNKNOWN"
    label = shortened(node.label)
    label = label if len(label) <= _LETTERS else label[: _LETTERS - 1] + "…"
    said = f"{KINDS[node.kind]}{', ' + node.status.lower() if known else ''}"
    said += f", {node.verdict}" if node.verdict else ""
    ink = "#ffffff" if known else "#5f6368"
    mark = (
        f'<circle cx="{x + 18}" cy="{y + 23}" r="10" fill="{_FILL[node.status]}" stroke="#5f6368"/>'
        f'<text x="{x + 18}" y="{y + 27}" text-anchor="middle" fill="{ink}">{_LETTER[node.status]}</text>'
    )
    return (
        f'<g><title>{_text(node.node)}</title><rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" '
        f'fill="#ffffff" stroke="#202124" stroke-width="{3 if root else 1}"/>{mark}'
        f'<text x="{x + 36}" y="{y + 19}" fill="#202124">{_text(label)}</text>'
        f'<text x="{x + 36}" y="{y + 36}" fill="#5f6368" font-size="10">{_text(said)}</text></g>'
    )


def _text(text: str) -> str:
    return escape("".join(letter for letter in text if letter >= " "), {'"': "&quot;"})
