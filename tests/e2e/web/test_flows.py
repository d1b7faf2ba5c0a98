"""What people do, in a real browser against the real gateway."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.web.browser import NARROW, WIDE, Tab
from tests.e2e.web.site import Site

pytestmark = pytest.mark.lane("browser")

MOST_ELEMENTS = 4000
INCIDENT = "?at=2013-04-23"
PAGES = {
    "fleet": "/",
    "model": f"/models/flight-delay{INCIDENT}",
    "model-table": "/models/flight-delay?view=table",
    "model-new": "/models/taxi-out",
    "feature": f"/models/flight-delay/features/wind_speed{INCIDENT}",
    "performance": f"/models/flight-delay/performance{INCIDENT}",
}


def settled(page: Page) -> None:
    """Wait until nothing of the page is still on its way."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def test_a_wrong_key_is_refused_in_words_and_the_right_one_opens_the_page_asked_for(tab: Tab) -> None:
    tab.page.goto(f"{tab.site.url}/models/flight-delay{INCIDENT}")
    tab.page.get_by_label("API key").fill("bw_wrong")
    tab.page.get_by_role("button", name="Sign in").click()
    expect(tab.page.get_by_role("alert")).to_contain_text("This key is not known")
    assert tab.findings() == []
    tab.page.get_by_label("API key").fill(tab.site.key)
    tab.page.get_by_role("button", name="Sign in").click()
    expect(tab.page.get_by_role("heading", level=1)).to_contain_text("flight-delay")
    assert tab.page.url.endswith(f"/models/flight-delay{INCIDENT}")


def test_signing_out_ends_the_session(tab: Tab) -> None:
    tab.visit()
    tab.page.get_by_role("button", name="Sign out").click()
    expect(tab.page.get_by_label("API key")).to_be_visible()
    tab.page.reload()
    expect(tab.page.get_by_label("API key")).to_be_visible()


def test_from_the_fleet_to_the_changed_input_and_its_day_in_three_clicks(tab: Tab) -> None:
    tab.visit()
    page = tab.page
    page.get_by_role("link", name="flight-delay", exact=True).click()
    cell = page.get_by_role("gridcell", name=re.compile(r"wind_speed, Tue,? 23 Apr 2013: .*Act"))
    cell.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("wind_speed")
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("23 Apr 2013")
    expect(verdict).to_contain_text("Act")
    expect(page.get_by_role("img", name=re.compile("Share of the rows"))).to_be_visible()
    settled(page)
    assert tab.findings() == []


def test_a_shared_link_shows_the_same_in_another_profile(open_tab: Callable[..., Tab]) -> None:
    first = open_tab()
    first.visit("/models/flight-delay")
    first.page.get_by_role("button", name="7 days").click()
    first.page.get_by_role("button", name="Batch before").click()
    first.page.get_by_role("button", name="Table").click()
    expect(first.page).to_have_url(re.compile("view=table"))
    first.page.mouse.move(0, 0)  # where the pointer rests is read, not shared
    settled(first.page)
    second = open_tab()
    second.visit(first.page.url.removeprefix(first.site.url))
    settled(second.page)
    assert second.page.inner_text("main") == first.page.inner_text("main")


def test_the_keyboard_alone_leads_from_the_fleet_to_a_cell(tab: Tab) -> None:
    tab.visit()
    page = tab.page
    expect(page.get_by_role("link", name="flight-delay", exact=True)).to_be_visible()

    def press_until(key: str, reached: str, most: int = 60) -> None:
        for _ in range(most):
            page.keyboard.press(key)
            if page.evaluate(f"() => document.activeElement.matches({reached!r})"):
                return
        raise AssertionError(f"{reached} was not reached by {most} times {key}")

    press_until("Tab", "a[href='/models/flight-delay']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("grid")).to_be_visible()
    press_until("Tab", "[role=grid]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/features/"))
    expect(page.locator("main")).to_be_focused()


def test_the_scheme_follows_the_system_until_it_is_chosen_by_hand(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(scheme="dark")
    tab.visit()
    surface = "() => getComputedStyle(document.body).backgroundColor"
    dark = tab.page.evaluate(surface)
    tab.page.get_by_role("button", name="Use the light scheme").click()
    light = tab.page.evaluate(surface)
    assert light != dark
    tab.page.reload()
    expect(tab.page.get_by_role("button", name="Use the dark scheme")).to_be_visible()
    assert tab.page.evaluate(surface) == light


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_page_is_sound_in_both_schemes_and_on_a_telephone(
    open_tab: Callable[..., Tab], tmp_path: Path, size: dict[str, int], scheme: str
) -> None:
    tab = open_tab(size=size, scheme=scheme)
    for name, path in PAGES.items():
        tab.visit(path)
        settled(tab.page)
        assert (name, tab.findings()) == (name, [])
        assert tab.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        assert tab.page.evaluate("() => document.querySelectorAll('*').length") <= MOST_ELEMENTS
        tab.picture(tmp_path, name)


def test_names_with_reserved_characters_are_pages_too(tab: Tab) -> None:
    tab.visit("/models/flight-delay")
    tab.page.get_by_role("rowheader", name="visibility (miles)").get_by_role("link").click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("visibility (miles)")
    settled(tab.page)
    tab.page.reload()
    expect(tab.page.get_by_role("region", name="Verdict")).to_be_visible()


def test_print_leaves_out_what_only_a_screen_can_use(tab: Tab) -> None:
    tab.visit(PAGES["model"])
    settled(tab.page)
    tab.page.emulate_media(media="print")
    expect(tab.page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(tab.page.get_by_role("button", name="Copy link")).to_be_hidden()
    expect(tab.page.get_by_role("region", name="Verdict")).to_be_visible()
    assert len(tab.page.pdf(format="A4")) > 10_000


def test_an_address_of_nothing_says_so(tab: Tab) -> None:
    tab.visit("/models/no-such-model")
    expect(tab.page.get_by_role("alert")).to_contain_text("no-such-model")
    tab.page.goto(f"{tab.site.url}/models/flight-delay/nothing/here")
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("Nothing stands at this address")
    assert tab.findings() == []


def test_a_server_that_went_away_is_said_and_what_was_shown_stays(tab: Tab, site: Site) -> None:
    tab.visit()
    page = tab.page
    row = page.get_by_role("link", name="flight-delay", exact=True)
    expect(row).to_be_visible()
    page.wait_for_load_state("networkidle")  # the other pages are loaded ahead
    site.stop()
    try:
        page.get_by_role("link", name="taxi-out", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("Bellwether cannot be reached")
        assert tab.findings() == []
    finally:
        site.start()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("No batches yet").or_(page.get_by_text("No reference yet"))).to_be_visible()
    tab.faults.clear()  # requests that met nobody are errors to the browser
