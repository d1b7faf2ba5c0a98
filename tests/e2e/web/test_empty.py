"""A system that nothing was told yet: it leads to the wizard, and an error there says what to do."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.web.browser import Tab
from tests.e2e.web.site import Site, empty_site

pytestmark = pytest.mark.lane("browser")

PAGES = {
    "/": "No models yet",
    "/incidents": "Nothing calls for a person",
    "/pipelines": "No pipeline is watched yet",
    "/settings/models": "No models yet",
    "/settings/sources": "Nothing is watched yet",
}


@pytest.fixture(scope="module")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A gateway over an empty store."""
    found = empty_site(tmp_path_factory.mktemp("empty"))
    found.start()
    yield found
    found.stop()


def test_the_newcomer_is_led_to_the_first_step(tab: Tab) -> None:
    page = tab.show("/")
    expect(page.get_by_text("No models yet")).to_be_visible()
    expect(page.get_by_text("bellwether model add")).to_be_visible()
    page.get_by_role("link", name="Add your first model").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add a model")
    expect(page.get_by_role("list", name="Steps").locator("[aria-current=step]")).to_contain_text("Rows")
    for source in ("A file", "Registered in MLflow", "Sample data"):
        expect(page.get_by_role("heading", name=source)).to_be_visible()
    tab.settled()
    assert tab.findings() == []


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_page_says_what_fills_it(tab: Tab, path: str) -> None:
    page = tab.show(path)
    expect(page.get_by_text(PAGES[path])).to_be_visible()
    assert page.get_by_role("alert").count() == 0
    assert tab.findings() == []


def test_a_registered_model_without_a_server_says_what_to_do(tab: Tab) -> None:
    page = tab.show("/new")
    page.get_by_label("Model version").fill("models:/credit-default/5")
    expect(page.get_by_text("No MLflow server is watched yet")).to_be_visible()
    expect(page.get_by_role("button", name="Look at it")).to_be_disabled()
    page.get_by_role("link", name="add one under Sources").click()
    expect(page).to_have_url(re.compile("/settings/sources$"))
    assert tab.findings() == []


def test_a_file_of_another_kind_is_refused_with_those_that_are_taken(tab: Tab, tmp_path: Path) -> None:
    page = tab.show("/new")
    (tmp_path / "rows.xlsx").write_bytes(b"PK")
    page.get_by_label(re.compile("Choose a file")).set_input_files(tmp_path / "rows.xlsx")
    expect(page.get_by_role("alert")).to_contain_text("rows.xlsx: not a kind that is read. Save as .parquet, .csv")
    assert tab.findings() == []


def test_the_rows_of_the_sample_are_sent_once_and_the_address_keeps_what_they_became(tab: Tab) -> None:
    page = tab.show("/new")
    page.get_by_role("button", name="Try the sample").click()
    expect(page).to_have_url(re.compile("preview="))
    waiting = page.get_by_text("Loading the preview").or_(page.get_by_text("The rows are being looked at"))
    expect(waiting.first).to_be_attached()
    page.reload()
    expect(waiting.first).to_be_attached()
    expect(page.get_by_role("list", name="Steps").locator("[aria-current=step]")).to_contain_text("Columns")
    assert page.get_by_role("alert").count() == 0
