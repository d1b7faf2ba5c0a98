"""Coming in, going out, and what a page says when something is not there."""

import pytest
from playwright.sync_api import expect

from tests.e2e.web.browser import Tab
from tests.e2e.web.pages import MODEL, UNIT_DAY
from tests.e2e.web.site import Site

pytestmark = pytest.mark.lane("browser")


def test_a_wrong_key_is_refused_in_words_and_the_right_one_opens_the_page_asked_for(tab: Tab) -> None:
    tab.page.goto(f"{tab.site.url}{MODEL}?{UNIT_DAY}")
    tab.page.get_by_label("API key").fill("bw_wrong")
    tab.page.get_by_role("button", name="Sign in").click()
    expect(tab.page.get_by_role("alert")).to_contain_text("This key is not known")
    assert tab.findings() == []
    tab.page.get_by_label("API key").fill(tab.site.key)
    tab.page.get_by_role("button", name="Sign in").click()
    expect(tab.page.get_by_role("heading", level=1)).to_contain_text("flight-delay")
    assert tab.page.url.endswith(f"{MODEL}?{UNIT_DAY}")


def test_signing_out_ends_the_session(tab: Tab) -> None:
    tab.visit()
    tab.page.get_by_role("button", name="Sign out").click()
    expect(tab.page.get_by_label("API key")).to_be_visible()
    tab.page.reload()
    expect(tab.page.get_by_label("API key")).to_be_visible()


def test_names_with_reserved_characters_are_pages_too(tab: Tab) -> None:
    tab.visit("/models/flight-delay")
    tab.page.get_by_role("rowheader", name="visibility (miles)").get_by_role("link").click()
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("visibility (miles)")
    tab.settled()
    tab.page.reload()
    expect(tab.page.get_by_role("region", name="Verdict")).to_be_visible()


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
