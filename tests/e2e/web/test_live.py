"""What happens while a page is open: it follows, without a reload and without moving what is being read."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bellwether.contracts import FleetEntry, TimelineEntry
from bellwether.settings import Settings
from bellwether.storage.collections import VIEWS
from bellwether.storage.documents import dump, parse
from bellwether.storage.factory import open_engine
from bellwether.storage.port import DocumentStore
from tests.e2e.web.browser import Tab
from tests.e2e.web.incidents import incidents
from tests.e2e.web.pages import MODEL
from tests.e2e.web.recorded import DAYS, Recorder
from tests.e2e.web.site import Site, recorded_site

pytestmark = pytest.mark.lane("browser")


@pytest.fixture(scope="module")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A recorded site of its own: what happens here is not seen by other tests."""
    found = recorded_site(tmp_path_factory.mktemp("live"))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def documents(site: Site) -> Iterator[DocumentStore]:
    """The store of the site, as the workers see it."""
    found = open_engine(Settings(home=site.home))
    yield found
    found.close()


def stay(page: Page) -> None:
    """Mark the document, which a reload would lose."""
    page.evaluate("window.mark = 1")


def stayed(page: Page) -> bool:
    """Say whether the document is still the marked one."""
    return bool(page.evaluate("window.mark === 1"))


def assess(documents: DocumentStore, **change: object) -> None:
    """Write the overview of the model anew, as the drift service does last."""
    doc = documents.get(VIEWS, "fleet", "flight-delay")
    assert doc is not None
    documents.put(VIEWS, dump(parse(FleetEntry, doc).model_copy(update=change)))


def test_a_new_result_is_shown_on_the_fleet_without_a_reload(tab: Tab, documents: DocumentStore) -> None:
    page = tab.show("/")
    stay(page)
    assess(documents, sentence="Nothing to worry about any more.")
    expect(page.get_by_text("Nothing to worry about any more.")).to_be_visible()
    assert stayed(page)


def test_rows_do_not_move_until_the_reader_asks(tab: Tab, documents: DocumentStore) -> None:
    page = tab.show("/")
    rows = page.get_by_role("rowheader")
    first, second = rows.nth(0).inner_text(), rows.nth(1).inner_text()
    assess(documents, status="fine", aspects={"drift": "fine"})
    refresh = page.get_by_role("button", name="1 model changed, refresh")
    expect(refresh).to_be_visible()
    assert (rows.nth(0).inner_text(), rows.nth(1).inner_text()) == (first, second)
    refresh.click()
    expect(rows.nth(0)).to_have_text(second, use_inner_text=True)
    expect(refresh).to_be_hidden()


def test_a_new_batch_appears_on_every_page_about_the_model(
    open_tab: Callable[..., Tab], documents: DocumentStore
) -> None:
    paths = {
        f"{MODEL}?range=7d": "up to Tue, 7 May 2013",
        f"{MODEL}/explain?range=7d": "Tue, 7 May 2013",
        f"{MODEL}/performance?range=7d": "Tue, 7 May 2013",
        f"{MODEL}/provenance?range=7d&view=table": "Batch of 7 May 2013",
    }
    tabs = {path: open_tab() for path in paths}
    for path, one in tabs.items():
        page = one.show(path)
        expect(page.get_by_text(paths[path])).to_have_count(0)
        stay(page)
    Recorder(documents, "flight-delay").day(DAYS)
    for path, one in tabs.items():
        expect(one.page.get_by_text(re.compile(re.escape(paths[path]))).first).to_be_visible()
        assert stayed(one.page)


def test_a_new_run_appears_among_those_of_its_pipeline(tab: Tab, documents: DocumentStore) -> None:
    page = tab.show("/pipelines/load-weather")
    expect(page.get_by_role("link", name=re.compile("8 May 2013"))).to_have_count(0)
    stay(page)
    Recorder(documents, "flight-delay").day(DAYS + 1)
    expect(page.get_by_role("link", name=re.compile("8 May 2013"))).to_be_visible()
    assert stayed(page)


def test_an_incident_that_changes_is_read_anew(tab: Tab, documents: DocumentStore) -> None:
    one = list(incidents("flight-delay"))[1]
    page = tab.show(f"/incidents/{one.id}")
    stay(page)
    entry = TimelineEntry(at=one.updated_at, change="joined", text="carrier joined it.")
    documents.put(VIEWS, dump(one.model_copy(update={"timeline": (*one.timeline, entry)})))
    expect(page.get_by_text("carrier joined it.")).to_be_visible()
    assert stayed(page)
