"""A browser profile on the app: what it does, what it must never do, and what axe says."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect

from tests.e2e.web.site import WEB, Site

WIDE: Any = {"width": 1440, "height": 900}
NARROW: Any = {"width": 390, "height": 844}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
WAIT_MS = 60_000
expect.set_options(timeout=WAIT_MS)
MOST_ELEMENTS = 4000
"""The budget of one page."""
_FINDINGS = """async tags => {
  const found = await axe.run({ runOnly: tags, resultTypes: ['violations'] });
  return found.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`);
}"""
"""What was looked at and is sound stays in the browser: it is megabytes."""
_COUNTING = "window.clicks = 0; addEventListener('pointerdown', () => (window.clicks += 1), true);"


@dataclass
class Tab:
    """A page in a profile of its own; ``faults`` is what went wrong behind the page."""

    site: Site
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, browser: Browser, site: Site, size: Any = WIDE, scheme: Any = "light") -> "Tab":
        """Return a tab that notes requests to other servers, errors and refused content."""
        context = browser.new_context(
            viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="en-GB", timezone_id="Europe/Berlin"
        )
        context.set_default_timeout(WAIT_MS)
        context.add_init_script(_COUNTING)
        tab = cls(site, context, context.new_page())
        tab.page.on("request", tab._watch_request)
        tab.page.on("console", tab._watch_console)
        tab.page.on("pageerror", lambda error: tab.faults.append(str(error)))
        return tab

    def visit(self, path: str = "/") -> None:
        """Go to a page, signed in."""
        if not self.context.cookies():
            answer = self.context.request.post(f"{self.site.url}/api/v1/session", data={"key": self.site.key})
            assert answer.ok, answer.text()
        self.page.goto(self.site.url + path)
        expect(self.page.get_by_role("heading", level=1).first).to_be_visible()

    def settled(self) -> Page:
        """Return the page once nothing of it is still on its way."""
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def show(self, path: str) -> Page:
        """Return a page as it stands once all of it is there."""
        self.visit(path)
        return self.settled()

    @property
    def clicks(self) -> int:
        """How often the pointer was pressed since ``visit``."""
        found: int = self.page.evaluate("window.clicks")
        return found

    @property
    def elements(self) -> int:
        """How many elements the page holds."""
        found: int = self.page.evaluate("document.querySelectorAll('*').length")
        return found

    @property
    def address(self) -> str:
        """Where the page is, without the server."""
        return self.page.url.removeprefix(self.site.url)

    def findings(self) -> list[str]:
        """Return what axe finds on the page as it is now."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(_FINDINGS, TAGS)
        return found

    def findings_everywhere(self) -> list[str]:
        """Return what axe finds on the page as it is now, and where it is wider than its screen, in all its looks."""
        found = []
        for width, size in (("narrow", NARROW), ("wide", WIDE)):
            for scheme in ("dark", "light"):
                self.page.set_viewport_size(size)
                self.page.emulate_media(color_scheme=scheme)
                found += [f"{width} {scheme}: {one}" for one in self.findings()]
            if not self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                found.append(f"{width}: the page is wider than its screen")
        return found

    def picture(self, folder: Path, name: str) -> None:
        """Keep a picture for people to look at."""
        self.page.screenshot(path=folder / f"{name}.png", full_page=True)

    def close(self) -> None:
        """End the profile; nothing may have gone wrong behind the page."""
        self.context.close()
        assert self.faults == []

    def _watch_request(self, request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith(self.site.url):
            self.faults.append(f"a request left the origin: {request.url}")

    def _watch_console(self, message: ConsoleMessage) -> None:
        # The browser itself reports every answer that is not 2xx; the page handles those.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)
