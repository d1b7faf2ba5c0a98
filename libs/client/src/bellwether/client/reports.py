"""A drift report in the hands of a person: what it says, in words, in a notebook, as a file."""

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bellwether.client.api import Client

SHAPES = {"fine": "●", "watch": "◆", "act": "▲", "unknown": "○"}
"""Status to shape, as in the web app: never told by colour alone."""
_COLOURS = {"fine": "#1577c1", "watch": "#8b6704", "act": "#931047", "unknown": "#495057"}
_STYLE = "font:14px system-ui,sans-serif;border:1px solid #ced4da;border-radius:6px;padding:12px;max-width:640px"


@dataclass(frozen=True, slots=True)
class Report:
    """The drift report of one batch, with what the model page says of it."""

    client: Client
    model: str
    batch: str
    content: Mapping[str, Any]
    """What ``GET /models/{model}/drift/{batch}`` answered."""
    sentence: str
    since: str | None

    @property
    def status(self) -> str:
        """``fine``, ``watch``, ``act`` or ``unknown``."""
        return str(self.content["overall"]["status"])

    @property
    def overall(self) -> float | None:
        """Drift index in [0, 100]; None where there is too little data."""
        score = self.content["overall"]["score"]
        return None if score is None else float(score)

    @property
    def threshold(self) -> float:
        """Line of action of the drift index."""
        return float(self.content["overall"]["threshold"])

    def top(self, n: int = 3) -> list[Mapping[str, Any]]:
        """Return the ``n`` features that drifted most, as the report has them, worst first."""
        order = {"act": 0, "watch": 1, "unknown": 2, "fine": 3}
        return sorted(
            self.content["features"], key=lambda one: (order[one["status"]], -(one["score"] or 0.0), one["feature"])
        )[:n]

    def save_html(self, path: str | Path) -> Path:
        """Write the self-contained page of this report; its path."""
        target = Path(path)
        target.write_bytes(self.client.read("GET", f"/models/{self.model}/reports/{self.batch}.html"))
        return target

    def __repr__(self) -> str:
        return f"<Report {self.model} {self.batch}: {self.status}, {self.sentence}>"

    def _repr_markdown_(self) -> str:
        rows = "".join(
            f"| {_cell(one['feature'])} | {SHAPES[one['status']]} {one['status']} | {_number(one['score'])} |\n"
            for one in self.top(5)
        )
        return (
            f"**{SHAPES[self.status]} {self.status}** {self.model}: {self.sentence}\n\n"
            f"| feature | status | score |\n|---|---|---|\n{rows}"
        )

    def _repr_html_(self) -> str:
        return "".join(self._html())

    def _html(self) -> Iterator[str]:
        yield f'<div style="{_STYLE}"><strong style="color:{_COLOURS[self.status]}">{SHAPES[self.status]} '
        yield f"{self.status}</strong> {html.escape(self.model)}<p>{html.escape(self.sentence)}</p><table>"
        yield "<thead><tr><th>feature</th><th>status</th><th>score</th></tr></thead><tbody>"
        for one in self.top(5):
            yield f"<tr><td>{html.escape(one['feature'])}</td><td>{SHAPES[one['status']]} {one['status']}</td>"
            yield f"<td>{_number(one['score'])}</td></tr>"
        yield "</tbody></table></div>"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3g}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
