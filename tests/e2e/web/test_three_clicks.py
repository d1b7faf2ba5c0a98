"""From "something is wrong" to the feature, the date and the pipeline run that caused it: three clicks at most."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.web.browser import Tab
from tests.e2e.web.incidents import UNIT
from tests.e2e.web.pages import CHANGED_RUN, FAILED_RUN

pytestmark = pytest.mark.lane("browser")

MOST_CLICKS = 3


def reached(tab: Tab, run: str) -> Page:
    """Check that the page is that of a run, and that the way was short; return the page."""
    expect(tab.page).to_have_url(re.compile(re.escape(f"/runs/{run}")))
    page = tab.settled()
    expect(page.get_by_role("heading", level=1)).to_contain_text("load-weather")
    assert tab.clicks <= MOST_CLICKS
    assert tab.findings() == []
    return page


def test_from_the_fleet_to_the_failed_run_behind_stale_data(tab: Tab) -> None:
    page = tab.show("/")
    row = page.get_by_role("row", name=re.compile("flight-delay"))
    expect(row).to_contain_text("wind_speed")
    row.get_by_role("link", name="flight-delay", exact=True).click()
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("4 May 2013")
    expect(verdict).to_contain_text("LoadWeather failed")
    verdict.get_by_role("link", name="See why").click()
    page.get_by_role("link", name="Open the run").click()
    run = reached(tab, FAILED_RUN)
    expect(run.get_by_role("region", name="How it went")).to_contain_text("Failed")
    expect(run.get_by_text("The weather feed has no file for this day").first).to_be_visible()


def test_from_the_fleet_to_the_run_that_changed_the_unit(tab: Tab) -> None:
    page = tab.show("/")
    page.get_by_role("link", name="flight-delay", exact=True).click()
    page.get_by_role("gridcell", name=re.compile(r"wind_speed, Mon,? 15 Apr 2013: .*Act")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("wind_speed")
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("15 Apr 2013")
    expect(verdict).to_contain_text("Act")
    cause = page.get_by_role("region", name="Likely cause of the change")
    expect(cause).to_contain_text("has other columns than the one before (of another type: wind_speed)")
    made = page.get_by_role("region", name="Columns it is made of")
    expect(made.get_by_role("listitem")).to_have_text(
        [re.compile("the input"), re.compile("weather"), re.compile("mph")]
    )
    cause.get_by_role("link", name="Open the run").click()
    reached(tab, CHANGED_RUN)


def test_from_the_lanes_of_the_model_to_the_failed_run(tab: Tab) -> None:
    page = tab.show("/")
    page.get_by_role("link", name="flight-delay", exact=True).click()
    lanes = page.get_by_role("group", name=re.compile(r"steps in \d lanes, \d+ failed"))
    lanes.get_by_role("button", name=re.compile("^Data Factory, Sat,? 4 May 2013.*Act")).click()
    step = page.get_by_role("region", name="Chosen step")
    expect(step).to_contain_text("4 May 2013")
    expect(step).to_contain_text("The weather feed has no file for this day")
    expect(page.get_by_role("heading", name="What drifted: Sat, 4 May 2013")).to_be_visible()
    step.get_by_role("link", name="Open the run").click()
    reached(tab, FAILED_RUN)


def test_from_an_incident_to_the_run_that_changed_the_unit(tab: Tab) -> None:
    page = tab.show("/incidents?state=all")
    page.get_by_role("link", name=UNIT).click()
    expect(page.get_by_role("region", name="Verdict")).to_contain_text("15 Apr 2013")
    cause = page.get_by_role("region", name="Likely cause")
    expect(cause).to_contain_text("has other columns than the one before (of another type: wind_speed)")
    cause.get_by_role("link", name="LoadWeather").click()
    page.get_by_role("link", name="Open the run").click()
    run = reached(tab, CHANGED_RUN)
    expect(run.get_by_role("region", name="How it went")).to_contain_text("Succeeded")
    expect(run.get_by_text("15 Apr 2013").first).to_be_visible()
