"""What the server knows and a reader has to find: evidence to take along, what is over, an outage that goes on."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bellwether.client.evidence import verify
from bellwether.embedded.demo.incident import INCIDENT, OUTAGE
from tests.e2e.web.browser import NARROW, Tab
from tests.e2e.web.pages import MODEL, UNIT_DAY, UNIT_INCIDENT

pytestmark = pytest.mark.lane("browser")


def open_evidence(page: Page) -> None:
    """Open the dialog by keys alone."""
    page.get_by_role("region", name="Drift over time").get_by_text("Report", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Evidence pack…").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Evidence pack")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [None, NARROW], ids=["wide", "narrow"])
def test_the_evidence_of_some_days_is_taken_along(
    open_tab: Callable[..., Tab], tmp_path: Path, size: dict[str, int] | None, scheme: str
) -> None:
    tab = open_tab(scheme=scheme, **({} if size is None else {"size": size}))
    page = tab.show(f"{MODEL}?{UNIT_DAY}")
    open_evidence(page)
    assert tab.findings() == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    dialog = page.get_by_role("dialog", name="Evidence pack")
    dialog.get_by_label("First day").fill(str(INCIDENT.repaired))
    dialog.get_by_label("Last day").fill(str(INCIDENT.start))
    expect(dialog.get_by_text("The last day is before the first")).to_be_visible()
    assert tab.findings() == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("region", name="Drift over time").get_by_text("Report", exact=True)).to_be_focused()
    if size is not None or scheme == "dark":
        return
    open_evidence(page)
    dialog.get_by_label("First day").fill(str(INCIDENT.start))
    dialog.get_by_label("Last day").fill(str(INCIDENT.repaired))
    with page.expect_download() as waiting:
        dialog.get_by_role("link", name="Download").click()
    waiting.value.save_as(tmp_path / waiting.value.suggested_filename)
    pack = tmp_path / f"flight-delay-evidence-{INCIDENT.start}-{INCIDENT.repaired}.zip"
    assert verify(pack)["model"] == "flight-delay"
    expect(dialog).to_be_hidden()


def test_an_incident_that_is_over_speaks_in_the_past_and_says_how_long_it_lasted(tab: Tab) -> None:
    page = tab.show(UNIT_INCIDENT)
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("had not looked like the reference")
    expect(verdict).to_contain_text(re.compile("from .*15 Apr 2013 to .*22 Apr 2013: it lasted 7 days"))
    expect(verdict).not_to_contain_text("since")
    listed = tab.show("/incidents?state=resolved")
    expect(listed.get_by_text(re.compile("it lasted 7 days"))).to_be_visible()


def test_a_stretch_that_begins_in_an_outage_shows_the_run_that_had_failed(tab: Tab) -> None:
    inside = f"from={OUTAGE.start}T12:00Z&to={OUTAGE.start + timedelta(days=2)}"
    page = tab.show(f"{MODEL}?{inside}")
    expect(page.get_by_text("When it began, the last run of load-weather had failed.")).to_be_visible()
    page = tab.show(f"{MODEL}/provenance?{inside}")
    before = page.get_by_role("button", name=re.compile(r"^Data Factory, .*before what is shown.*Act"))
    expect(before).to_have_count(1)
    assert tab.findings() == []


def test_data_and_compute_are_drawn_without_a_status_and_what_lacks_one_as_unknown(tab: Tab) -> None:
    page = tab.show(f"{MODEL}/provenance?at={OUTAGE.start}")
    for lane in ("Datasets", "Compute"):
        marks = page.get_by_role("button", name=re.compile(f"^{lane}, "))
        expect(marks.first).to_be_visible()
        for name in marks.evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))"):
            assert "Unknown" not in name, name
            assert "No status" in name, name
    expect(page.locator("svg [data-status=unknown]")).to_have_count(0)
