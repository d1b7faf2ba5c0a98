"""The address holds the view: opened in another profile it shows the same, on every page that has a state."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.web.browser import Tab
from tests.e2e.web.pages import MODEL

pytestmark = pytest.mark.lane("browser")

Act = Callable[[Page], None]


def button(*names: str) -> Act:
    """Press buttons, one after the other."""

    def act(page: Page) -> None:
        for name in names:
            page.get_by_role("button", name=name, exact=True).first.click()

    return act


def choose(label: str, value: str) -> Act:
    """Take a value from a list."""

    def act(page: Page) -> None:
        page.get_by_role("combobox", name=label).first.select_option(value)

    return act


def write(label: str, text: str) -> Act:
    """Write into a field."""
    return lambda page: page.get_by_label(label, exact=True).fill(text)


def press_step(page: Page) -> None:
    """Choose another step of the provenance."""
    page.get_by_role("table").get_by_role("button", name=re.compile("LoadWeather failed")).first.click()


VIEWS: dict[str, tuple[str, Act]] = {
    "fleet": ("/", choose("Sort", "name")),
    "fleet searched": ("/", write("Search models", "taxi")),
    "model": (MODEL, button("7 days", "Batch before", "Table")),
    "model for another reader": (MODEL, choose("to a", "data_engineer")),
    "every input of a batch": (MODEL, lambda page: page.get_by_role("button", name=re.compile(r"^All \(")).click()),
    "feature": (f"{MODEL}/features/wind_speed", button("30 days", "Batch before", "PSI", "Table")),
    "performance": (f"{MODEL}/performance", button("30 days", "Batch before")),
    "explanations": (f"{MODEL}/explain", button("The whole stretch", "7 days")),
    "decision": (f"{MODEL}/explain/one", button("Table")),
    "provenance": (f"{MODEL}/provenance", button("Table", "7 days")),
    "provenance of a step": (f"{MODEL}/provenance?view=table", press_step),
    "insights": (f"{MODEL}/insights/business", button("Data engineer")),
    "incidents": ("/incidents", button("All")),
    "pipelines": ("/pipelines", write("Search pipelines", "weather")),
    "pipeline": (
        "/pipelines/load-weather",
        lambda page: page.get_by_role("button", name=re.compile("^Failed or slow")).click(),
    ),
    "a model to be": ("/new", write("Model version", "models:/credit/5")),
    "settings of a model": ("/settings/models", choose("Model", "taxi-out")),
    "a source to be": ("/settings/sources", button("Add a source")),
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_shared_link_shows_the_same_in_another_profile(open_tab: Callable[..., Tab], view: str) -> None:
    path, act = VIEWS[view]
    first = open_tab()
    first.show(path)
    before = first.address
    act(first.page)
    expect(first.page).not_to_have_url(first.site.url + before)
    first.page.mouse.move(0, 0)  # where the pointer rests is read, not shared
    first.settled()
    second = open_tab()
    second.show(first.address)
    assert said(second.page) == said(first.page)


def said(page: Page) -> str:
    """Return what the page tells a reader, what is pressed and chosen included; not how long ago something was."""
    told = re.sub(r"Computed.*from what is stored", "", page.locator("main").aria_snapshot(), flags=re.DOTALL)
    told = re.sub(r"[\d.,]+ requests", "some requests", told)
    return re.sub(r"\d[\d.,]* (ms|s|seconds?|min|minutes?)\b", "a while", told)
