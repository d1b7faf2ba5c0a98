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
WAIT_MS = 30_000


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
        tab = cls(site, context, context.new_page())
        tab.page.on("request", tab._watch_request)
        tab.page.on("console", tab._watch_console)
        tab.page.on("pageerror", lambda error: tab.faults.append(str(error)))
        return tab

    def visit(self, path: str = "/") -> None:
        """Go to a page, signing in where that is asked for."""
        self.page.goto(self.site.url + path)
        field = self.page.get_by_label("API key")
        expect(field.or_(self.page.get_by_role("heading", level=1)).first).to_be_visible()
        if field.is_visible():
            field.fill(self.site.key)
            self.page.get_by_role("button", name="Sign in").click()
            expect(field).to_be_hidden()

    def findings(self) -> list[str]:
        """Return what axe finds on the page as it is now."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("tags => axe.run({ runOnly: tags })", TAGS)
        return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]

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
