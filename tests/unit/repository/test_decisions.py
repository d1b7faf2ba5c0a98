"""The pages of decisions: in the index, whole, and held by something that exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "decisions"
PAGES = sorted(FOLDER.glob("[0-9]*.md"))
PARTS = ("Context", "Decision", "Consequences", "Alternatives", "Held by")


def test_every_page_is_in_the_index_and_every_entry_is_a_page() -> None:
    assert re.findall(r"\(([0-9]{4}-[a-z0-9-]+\.md)\)", (FOLDER / "README.md").read_text()) == [
        page.name for page in PAGES
    ]


def test_no_number_is_used_twice() -> None:
    assert len({page.stem[:4] for page in PAGES}) == len(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_its_number_a_status_and_all_parts_in_order(page: Path) -> None:
    text = page.read_text()
    assert text.startswith(f"# {page.stem[:4]} ")
    assert re.search(r"^Status: (accepted|superseded by \d{4}) · Area: [a-z]+", text, re.MULTILINE)
    assert tuple(re.findall(r"^\*\*([A-Z][a-z ]+)\.\*\*", text, re.MULTILINE)) == PARTS
    assert len(text.splitlines()) <= 60


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_holds_a_decision_exists(page: Path) -> None:
    held = page.read_text().partition("**Held by.**")[2]
    assert [name for name in re.findall(r"`((?:tests|scripts)/[^`]+)`", held) if not (ROOT / name).exists()] == []
