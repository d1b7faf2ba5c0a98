"""Light and dark tell the same: by screenshot, by the place of everything, and by the contrast of what is drawn."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, expect

from tests.e2e.web.browser import Tab
from tests.e2e.web.pages import PAGES
from tests.e2e.web.pictures import missing, usual_light
from tests.e2e.web.site import Site
from tests.network import steady

pytestmark = pytest.mark.lane("browser")

MOST_MISSING = 0.02
"""Share of a page that may look empty in one scheme only: edges of panels and of filled badges."""
DRAWN = "main :is(h1, h2, h3, p, td, th, a, button, svg, li, dd)"
BOXES = """selector => [...document.querySelectorAll(selector)].map((one) => {
  const box = one.getBoundingClientRect();
  return [one.tagName, ...[box.x, box.y, box.width, box.height].map(Math.round)].join(' ');
})"""
FAINT = """least => {
  const channels = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const found = channels(getComputedStyle(one).backgroundColor);
      if (found.length === 3 || found[3] > 0.9) return light(found);
    }
    return light(channels(getComputedStyle(document.body).backgroundColor));
  };
  const faint = [];
  for (const one of document.querySelectorAll('main svg text')) {
    const style = getComputedStyle(one);
    const drawn = [style.fill, style.stroke].filter((c) => c !== 'none').map(channels)
      .filter((c) => c.length === 3 || c[3] > 0.9);
    if (!drawn.length || style.visibility === 'hidden') continue;
    const base = paper(one.ownerSVGElement);
    const best = Math.max(...drawn.map((c) => {
      const [a, b] = [light(c), base].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05);
    }));
    // A letter stands on the mark drawn before it, not on the paper.
    const isOnMark = [...(one.parentElement?.children ?? [])].some((before) =>
      before.tagName === 'path' && before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (best < least && !isOnMark) faint.push(`${one.tagName}.${one.className.baseVal} ${best.toFixed(2)}`);
  }
  return [...new Set(faint)];
}"""


@pytest.fixture(scope="module")
def both(chromium: Browser, site: Site) -> Iterator[dict[str, Tab]]:
    """A profile for each scheme."""
    with steady():
        tabs = {scheme: Tab.open(chromium, site, scheme=scheme) for scheme in ("light", "dark")}
        yield tabs
        for tab in tabs.values():
            tab.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_tells_the_same_in_both_schemes(both: dict[str, Tab], name: str) -> None:
    pictures, boxes = {}, {}
    for scheme, tab in both.items():
        page = tab.show(PAGES[name])
        page.mouse.move(0, 0)
        pictures[scheme] = page.screenshot(full_page=True)
        boxes[scheme] = page.evaluate(BOXES, DRAWN)
        assert page.evaluate(FAINT, 4.5) == [], scheme
        assert tab.faults == [], scheme
    assert usual_light(pictures["light"]) > 0.9
    assert usual_light(pictures["dark"]) < 0.05
    assert boxes["light"] == boxes["dark"], "a scheme moves nothing"
    assert missing(pictures["light"], pictures["dark"]) <= MOST_MISSING, "drawn on light only"
    assert missing(pictures["dark"], pictures["light"]) <= MOST_MISSING, "drawn on dark only"


def test_the_comparison_sees_what_one_scheme_hides() -> None:
    def picture(paper: str, ink: str, lines: int) -> bytes:
        image = Image.new("RGB", (600, 400), paper)
        draw = ImageDraw.Draw(image)
        for line in range(lines):
            draw.text((20, 20 + 30 * line), "a line of words on a page", fill=ink)
        content = BytesIO()
        image.save(content, "PNG")
        return content.getvalue()

    light, dark, black = picture("#fff", "#222", 10), picture("#1a1b1e", "#eee", 10), picture("#1a1b1e", "#222", 10)
    assert missing(light, dark) == 0
    assert missing(light, black) > 0.9, "black on dark is not seen"
    assert 0.05 < missing(light, picture("#1a1b1e", "#eee", 9)) < 0.2, "a line is missing"


def test_the_scheme_follows_the_system_until_it_is_chosen_by_hand(open_tab: Callable[..., Tab]) -> None:
    tab = open_tab(scheme="dark")
    page = tab.show("/")
    surface = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(surface)
    page.get_by_role("button", name="Use the light scheme").click()
    light = page.evaluate(surface)
    assert light != dark
    page.reload()
    expect(page.get_by_role("button", name="Use the dark scheme")).to_be_visible()
    assert page.evaluate(surface) == light
