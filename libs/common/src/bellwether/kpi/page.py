"""The part of the documentation that follows from the registry: ``python -m bellwether.kpi.page docs/insights.md``."""

import sys
from pathlib import Path

from bellwether.contracts import KpiInfo, Persona
from bellwether.kpi.registry import INFOS

_BEGIN, _END = "<!-- key figures: begin -->\n", "<!-- key figures: end -->\n"
_WHO: dict[Persona, str] = {
    "business": "business",
    "data_engineer": "data engineer",
    "data_scientist": "data scientist",
    "operator": "operator",
}


def page() -> str:
    """Return one paragraph for each key figure."""
    return "".join(_entry(info) for info in INFOS)


def begin(text: str) -> str:
    """Return what stands before the generated part."""
    head, mark, _ = text.partition(_BEGIN)
    return head + mark


def end(text: str) -> str:
    """Return what stands behind the generated part."""
    _, mark, tail = text.partition(_END)
    return mark + tail


def _entry(info: KpiInfo) -> str:
    who = ", ".join(f"{_WHO[name]} {weight:g}" for name, weight in info.relevance.items() if weight >= 0.25)
    return (
        f"### {info.title} (`{info.id}`)\n\n"
        f"- **Formula** {info.formula}.\n"
        f"- **Lines** {info.lines}.\n"
        f"- **Unit** {info.unit}; best {_BEST[info.direction]}. Family {info.family}.\n"
        f"- **Needs** {', '.join(info.needs)}. **Relevance** {who}.\n\n"
    )


_BEST = {"higher": "high", "lower": "low", "zero": "at zero", "one": "at one"}


def main() -> None:
    """Renew the generated part of a page."""
    path = Path(sys.argv[1])
    text = path.read_text(encoding="utf-8")
    path.write_text(begin(text) + page() + end(text), encoding="utf-8")


if __name__ == "__main__":
    main()
