"""As much as is promised: pages of 1,000 models, 2,000 features and 5,000 reports stay bounded and of use.

Measured by counts, of elements, rows and answers, which are the same on every machine; not by time.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Response, expect

from tests.e2e.web.browser import MOST_ELEMENTS, Tab
from tests.e2e.web.large import FEATURES, LONG, MODELS, REPORTS_OF_ONE, WIDE
from tests.e2e.web.site import Site, large_site

pytestmark = pytest.mark.lane("browser")

MOST_BYTES = 1_500_000
"""Of one answer, as it is sent."""
PAGES = {
    "fleet": "/",
    "incidents": "/incidents",
    "settings": "/settings/models",
    "many inputs": f"/models/{WIDE}",
    "many inputs, all time": f"/models/{WIDE}?range=all",
    "many inputs as a table": f"/models/{WIDE}?view=table",
    "every one of many inputs": f"/models/{WIDE}?inputs=all",
    "one of many inputs": f"/models/{WIDE}/features/input_0007",
    "many reports": f"/models/{LONG}",
    "many reports, all time": f"/models/{LONG}?range=all",
    "many reports as a table": f"/models/{LONG}?range=all&view=table",
    "performance of many batches": f"/models/{LONG}/performance?range=all",
    "provenance of many batches": f"/models/{LONG}/provenance?range=all",
}


@pytest.fixture(scope="module")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A gateway over a large store."""
    found = large_site(tmp_path_factory.mktemp("large"))
    found.start()
    yield found
    found.stop()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stays_bounded(tab: Tab, name: str) -> None:
    answers: list[Response] = []
    tab.page.on("response", lambda answer: answers.append(answer))
    page = tab.show(PAGES[name])
    assert page.get_by_role("alert").all_inner_texts() == []
    assert tab.elements <= MOST_ELEMENTS
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    asked = [one for one in answers if "/api/" in one.url and "/events" not in one.url]
    sizes = {one.url: one.request.sizes()["responseBodySize"] for one in asked}
    assert {url: size for url, size in sizes.items() if size > MOST_BYTES} == {}


def test_a_thousand_models_are_paged_searched_and_counted(tab: Tab) -> None:
    page = tab.show("/")
    expect(page.get_by_text(f"1 to 50 of {MODELS:,}")).to_be_visible()
    page.get_by_role("button", name="Next 50").click()
    expect(page.get_by_text(f"51 to 100 of {MODELS:,}")).to_be_visible()
    page.get_by_label("Search models").fill("model-777")
    expect(page.get_by_role("link", name="model-777", exact=True)).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)


def test_every_input_can_be_found_among_two_thousand(tab: Tab) -> None:
    page = tab.show(f"/models/{WIDE}")
    expect(page.get_by_text(re.compile(r"1,9\d\d more inputs are calmer"))).to_be_visible()
    page.get_by_role("button", name=f"All ({FEATURES:,})").click()
    page.get_by_label("Search inputs").fill("input_1987")
    page.get_by_role("link", name="input_1987").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("input_1987")


def test_the_oldest_of_five_thousand_reports_can_be_reached(tab: Tab) -> None:
    page = tab.show(f"/models/{LONG}?at=2025-07-01T01:00Z&from=2025-07-01&to=2025-07-03")
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text(f"{REPORTS_OF_ONE:,}")
    expect(page.get_by_text("1 Jul 2025").first).to_be_visible()


def test_every_model_can_be_chosen_in_the_settings(tab: Tab) -> None:
    page = tab.show("/settings/models")
    page.get_by_label("Model", exact=True).fill("model-997")
    expect(page.get_by_role("heading", name="model-997")).to_be_visible()
    expect(page).to_have_url(re.compile("model=model-997"))
