"""The main path without a pointer."""

import re
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.web.browser import Tab
from tests.e2e.web.pages import FAILED_RUN, MODEL

pytestmark = pytest.mark.lane("browser")

MOST_STEPS = 60


def go_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus, which must then be seen: marked, and under nothing else."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            break
    else:
        raise AssertionError(f"{selector} was not reached by {MOST_STEPS} times Tab")
    assert page.evaluate(_IS_UPPERMOST), f"{selector} has the focus and is covered"
    assert shows_focus(page), f"{selector} has the focus and does not show it"


def shows_focus(page: Page) -> bool:
    """Say whether the page around the focused element looks otherwise than without the focus."""
    place: Any = page.evaluate(_PLACE)
    focused = page.screenshot(clip=place)
    page.evaluate("window.focused = document.activeElement; focused.blur()")
    plain = page.screenshot(clip=place)
    page.evaluate("window.focused.focus({ preventScroll: true })")
    return focused != plain


_PLACE = """() => {
  const box = (document.activeElement.closest('tr') ?? document.activeElement).getBoundingClientRect();
  const left = Math.max(0, box.left - 8), top = Math.max(0, box.top - 8);
  return { x: left, y: top, width: Math.min(box.width + 16, 1400), height: Math.min(box.height + 16, 200) };
}"""
"""The focused element, or the row of a table it stands for, and a little around it."""
_IS_UPPERMOST = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const [x, y] = [Math.min(box.width, 40) / 2, Math.min(box.height, 40) / 2];
  const seen = document.elementFromPoint(box.left + x, box.top + y);
  return document.activeElement.contains(seen) || (seen !== null && seen.contains(document.activeElement));
}"""


def test_from_the_fleet_to_the_failed_run(tab: Tab) -> None:
    page = tab.show("/")
    go_to(page, f"a[href='{MODEL}']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="See why")).to_be_visible()
    expect(page.locator("main")).to_be_focused()
    go_to(page, "a[href*='/provenance?node=']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Open the run")).to_be_visible()
    tab.settled()
    go_to(page, f"a[href^='/runs/{FAILED_RUN}']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="How it went")).to_contain_text("Failed")
    assert tab.clicks == 0
    assert tab.findings() == []


def test_the_lanes_are_one_stop_and_walk_in_time_and_along_the_path(tab: Tab) -> None:
    page = tab.show(f"{MODEL}/provenance")
    go_to(page, "g[role=button]")
    here = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowLeft")
    before = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert before != here
    assert before.split(",")[0] == here.split(",")[0], "left stays in the lane"
    page.keyboard.press("ArrowUp")
    above = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert above.split(",")[0] != before.split(",")[0], "up leads to what it came from"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("node="))
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('g[role=button]')"), "the lanes are one stop"


def test_the_heatmap_opens_the_input_of_a_day(tab: Tab) -> None:
    page = tab.show(MODEL)
    go_to(page, "[role=grid]")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/features/wind_speed\?at=2013-05-05"))
    expect(page.locator("main")).to_be_focused()


def test_the_first_stop_leads_past_the_navigation(tab: Tab) -> None:
    page = tab.show("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    go_to(page, "main a, main button, main input, main select")


def test_single_keys_can_be_turned_off(tab: Tab, now: datetime) -> None:
    page = tab.show("/")
    page.clock.set_fixed_time(now)  # however slow the machine, the second key comes soon after the first
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page).to_have_url(re.compile("/incidents$"))
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile("/incidents$"))
