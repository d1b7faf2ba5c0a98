"""On paper: the app without what only a screen can use, and reports, which are made to be printed."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.web.browser import Tab
from tests.e2e.web.pages import PAGES, REPORT

pytestmark = pytest.mark.lane("browser")

A4 = {"width": 794, "height": 1123}
MARGIN_PX = 30
WIDTH_PX = A4["width"] - 2 * MARGIN_PX
PAPER = "getComputedStyle(document.body).backgroundColor"


def pages_of(pdf: bytes) -> int:
    """Return how many sheets a PDF has."""
    return len(re.findall(rb"/Type\s*/Page[^s]", pdf))


def too_wide(page: Page) -> list[str]:
    """Return what does not fit on the sheet."""
    script = """width => [...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > width + 1)
      .map((one) => `${one.tagName}.${one.className} ${one.textContent.slice(0, 40)}`)"""
    found: list[str] = page.evaluate(script, A4["width"])
    return found


def test_a_report_is_one_file_that_prints_whole(tab: Tab) -> None:
    tab.visit("/")
    page = tab.page
    page.goto(tab.site.url + REPORT)
    expect(page.get_by_role("heading", level=1)).to_contain_text("flight-delay")
    assert page.evaluate("document.scripts.length + document.querySelectorAll('link, img').length") == 0
    assert tab.findings() == []
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": WIDTH_PX, "height": A4["height"]})
    assert page.evaluate(PAPER) in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    assert too_wide(page) == []
    cut = """[...document.querySelectorAll('.scroll')].filter((one) => one.scrollHeight > one.clientHeight + 1
      || one.scrollWidth > one.clientWidth + 1).length"""
    assert page.evaluate(cut) == 0, "a table is cut where it would scroll on a screen"
    expect(page.get_by_text("As CSV, Parquet").first).to_be_hidden()
    for words in ("wind_speed", "01 Apr 2013", "Drift over time", "Made by Bellwether"):
        expect(page.get_by_text(words).first).to_be_visible()
    assert 2 <= pages_of(page.pdf(format="A4")) <= 20


def test_the_dark_scheme_is_not_printed(tab: Tab) -> None:
    page = tab.show(PAGES["model"])
    page.emulate_media(media="print", color_scheme="dark")
    page.get_by_role("region", name="Verdict").wait_for()
    assert page.evaluate(PAPER) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("name", ["model", "feature", "provenance", "incident"])
def test_print_leaves_out_what_only_a_screen_can_use(tab: Tab, name: str) -> None:
    page = tab.show(PAGES[name])
    page.emulate_media(media="print")
    page.set_viewport_size({"width": WIDTH_PX, "height": A4["height"]})
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert too_wide(page) == []
    assert pages_of(page.pdf(format="A4")) <= 12
