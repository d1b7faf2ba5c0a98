"""Chromium, a recorded site, and profiles on it."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.web.browser import AXE, WAIT_MS, Tab
from tests.e2e.web.site import ROOT, WEB, Site, recorded_site
from tests.lanes import lane
from tests.network import steady

WITHOUT = "--disable-features=" + ",".join(
    (
        # Pages of the browser's own behind its field for addresses, in each window: as much work as those of a test.
        *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
        # The last list counts, so this repeats of Playwright's what bears on a page or asks somebody outside.
        *("AimEnabled", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter"),
        *("NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
        *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "ThirdPartyStoragePartitioning"),
    )
)
"""What no test looks at."""


@pytest.fixture(scope="session")
def built() -> Path:
    """The app as the gateway serves it; nothing is built when the sources are as they were."""
    subprocess.run([ROOT / "scripts" / "web", "build"], check=True, capture_output=True, timeout=600)
    assert AXE.exists(), f"{AXE} is missing: run `scripts/web test` once"
    return WEB / "dist"


@pytest.fixture(scope="module")
def chromium(site: Site) -> Iterator[Browser]:
    """The Chromium of this machine, without a window; after the site, which needs the event loop for itself.

    It ends with its module: as long as it lives, no other test can run an event loop in this thread.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=lane("browser").find(), args=["--no-sandbox", WITHOUT], timeout=WAIT_MS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A gateway over a recorded month."""
    found = recorded_site(tmp_path_factory.mktemp("site"))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def open_tab(chromium: Browser, site: Site) -> Iterator[Callable[..., Tab]]:
    """Opens profiles; nothing may have gone wrong behind any of them."""
    tabs: list[Tab] = []

    def opened(**options: Any) -> Tab:
        tabs.append(Tab.open(chromium, site, **options))
        return tabs[-1]

    with steady():
        yield opened
        for tab in tabs:
            tab.close()


@pytest.fixture
def tab(open_tab: Callable[..., Tab]) -> Tab:
    """One wide light profile, not signed in."""
    return open_tab()
