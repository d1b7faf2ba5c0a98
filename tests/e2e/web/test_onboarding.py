"""Each way to a first report, from nothing: real workers behind the real page, and a real MLflow server."""

import io
import math
import random
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from mlflow import MlflowClient
from mlflow.models import Model, infer_signature
from playwright.sync_api import Page, expect

from bellwether.client import Client
from tests.e2e.topology import Topology
from tests.e2e.web.browser import Tab
from tests.e2e.web.site import Site

pytestmark = pytest.mark.lane("browser")
FIRST = date(2026, 3, 1)
REPORT_MS = 120_000
MOST_ANSWERS = 8


@pytest.fixture(scope="module")
def site(built: Path, topology: Topology) -> Site:
    """The supervised topology, as a site."""
    return Site(topology.home, topology.run["key"], int(topology.run["url"].rpartition(":")[2]))


def loans(day: date, rows: int, seed: int, *, monthly: bool = False, labels: bool = False) -> pd.DataFrame:
    """Rows whose columns have names of their own: what they mean has to be said."""
    chance = random.Random(seed)
    made = []
    for number in range(rows):
        income = round(math.exp(chance.gauss(10.5, 0.45)) / (12 if monthly else 1))
        share = 1 / (1 + math.exp(-1.4 * (math.log(income) - 10.2)))
        row = {
            "case": f"{seed}-{number}",
            "decided": f"{day}T{number % 24:02}:00:00Z",
            "income": income,
            "age": chance.randint(21, 66),
            "region": chance.choice(["North", "East", "South"]),
            "approved": int(share >= 0.5),
        }
        made.append(row | {"repaid": int(chance.random() < share)} if labels else row)
    return pd.DataFrame(made)


def csv_of(frame: pd.DataFrame) -> bytes:
    return str(frame.to_csv(index=False)).encode()


def parquet_of(frame: pd.DataFrame) -> bytes:
    body = io.BytesIO()
    frame.assign(decided=pd.to_datetime(frame["decided"])).to_parquet(body)
    return body.getvalue()


def file(name: str, body: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": body}


def choose(page: Page, label: str, *files: dict[str, object]) -> None:
    page.get_by_label(label).set_input_files(list(files))  # type: ignore[arg-type]  # as the browser takes them


def level(page: Page, *labels: str) -> bool:
    """Return whether fields begin and end at the same height."""
    boxes = [page.get_by_label(label, exact=True).bounding_box() for label in labels]
    return len({(round(box["y"]), round(box["height"])) for box in boxes if box}) == 1


def see_first_report(tab: Tab, batches: str) -> None:
    page = tab.page
    expect(page.get_by_text(batches)).to_be_visible(timeout=REPORT_MS)
    assert tab.findings() == []
    page.get_by_role("link", name="See the first report").click()
    expect(page.get_by_role("region", name=re.compile("What drifted"))).to_be_visible(timeout=REPORT_MS)


def test_the_sample_leads_to_its_first_report_in_few_answers(tab: Tab) -> None:
    tab.visit("/new")
    page = tab.page
    page.get_by_role("button", name="Try the sample").click()
    expect(page.get_by_role("table", name="Columns and what they mean")).to_be_visible()
    assert tab.findings_everywhere() == []
    assert level(page, "Name", "It predicts"), "fields of one row stand on one line"
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("Currency")).to_be_visible()
    assert tab.findings_everywhere() == []
    page.get_by_role("button", name="Create sample-loans").click()
    expect(page.get_by_text("a reference of 3,000 rows")).to_be_visible(timeout=REPORT_MS)
    assert tab.findings_everywhere() == []
    page.get_by_role("button", name="Add two weeks of history").click()
    expect(page.get_by_role("progressbar", name="Batches analysed")).to_be_visible()
    see_first_report(tab, "14 of 14 batches analysed")
    assert tab.clicks <= MOST_ANSWERS
    expect(page.get_by_role("region", name="Verdict")).to_contain_text("income")
    drifted = page.get_by_role("region", name=re.compile("What drifted"))
    expect(drifted.get_by_role("row", name=re.compile("income"))).to_contain_text("Act")


@pytest.mark.parametrize(("kind", "write"), [("csv", csv_of), ("parquet", parquet_of)])
def test_a_file_becomes_a_model_once_its_columns_are_named(
    tab: Tab, tmp_path: Path, kind: str, write: Callable[[pd.DataFrame], bytes]
) -> None:
    tab.visit("/new")
    page = tab.page
    choose(page, "Choose a file", file(f"Loans {kind}.{kind}", write(loans(FIRST, 900, 1, labels=True))))
    expect(page.get_by_text("This cannot be watched as it is")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("region"))).to_contain_text("North")
    assert tab.findings_everywhere() == []
    tab.picture(tmp_path, f"new-roles-{kind}")
    roles = {"approved": "prediction", "repaid": "what really happened", "case": "id of the row"}
    for column, role in {**roles, "decided": "time of the row"}.items():
        page.get_by_label(f"Meaning of {column}").select_option(role)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("It predicts")).to_have_value("binary")
    page.get_by_role("button", name="Go on").click()

    page.get_by_label("A missed case costs").fill("2400")
    page.get_by_role("button", name=f"Create loans-{kind}").click()
    expect(page.get_by_text("Say in which currency")).to_be_visible()
    assert tab.findings() == []
    page.get_by_label("Currency").fill("eur")
    page.get_by_label("A false alarm costs").fill("120")
    page.get_by_role("button", name=f"Create loans-{kind}").click()

    days = [(FIRST + timedelta(days=number + 1), number >= 3) for number in range(5)]
    past = [file(f"{day}.{kind}", write(loans(day, 300, 10 + n, monthly=wrong))) for n, (day, wrong) in enumerate(days)]
    choose(page, "Choose files of past batches", *past, file("broken.csv", b"income,age\n1,2\n"))
    expect(page.get_by_text("broken.csv could not be used")).to_be_visible(timeout=REPORT_MS)
    assert tab.findings_everywhere() == []
    tab.picture(tmp_path, f"new-history-{kind}")
    see_first_report(tab, "5 of 6 batches analysed, 1 could not be used")
    expect(page.get_by_role("region", name="Verdict")).to_contain_text("income")
    tab.picture(tmp_path, f"new-report-{kind}")


def test_a_file_that_cannot_be_read_says_what_to_do_and_keeps_what_was_typed(tab: Tab, tmp_path: Path) -> None:
    tab.visit("/new")
    page = tab.page
    choose(page, "Choose a file", file("rows.xlsx", b"PK"))
    expect(page.get_by_role("alert")).to_contain_text("rows.xlsx: not a kind that is read. Save as .parquet, .csv")
    choose(page, "Choose a file", file("rows.parquet", b"not parquet at all"))
    expect(page.get_by_role("alert")).to_contain_text("rows.parquet does not hold what its name says")
    tab.picture(tmp_path, "new-unreadable")
    assert tab.findings() == []
    choose(page, "Choose a file", file("rows.csv", csv_of(loans(FIRST, 200, 3))))
    page.get_by_label("Name").fill("typed-by-hand")
    page.get_by_label("Meaning of approved").select_option("prediction")
    page.get_by_role("button", name="Other rows").click()
    choose(page, "Choose a file", file("again.csv", csv_of(loans(FIRST, 200, 4))))
    expect(page.get_by_label("Name")).to_have_value("typed-by-hand")
    expect(page.get_by_label("Meaning of approved")).to_have_value("prediction")


def register(url: str, folder: Path) -> str:
    """Register a version whose run logged the rows it was judged on; its address."""
    rows = loans(FIRST, 900, 7, labels=True)
    rows = rows.rename(columns={"case": "id", "decided": "time", "approved": "prediction", "repaid": "label"})
    inputs = rows[["income", "age", "region"]]
    mlflow = MlflowClient(tracking_uri=url, registry_uri=url)
    run = str(mlflow.create_run(mlflow.create_experiment("onboarding")).info.run_id)
    (folder / "model").mkdir()
    Model(run_id=run, signature=infer_signature(inputs, rows["prediction"])).save(str(folder / "model" / "MLmodel"))
    mlflow.log_artifacts(run, str(folder / "model"), "model")
    rows.to_csv(folder / "reference.csv", index=False)
    mlflow.log_artifact(run, str(folder / "reference.csv"))
    mlflow.create_registered_model("credit")
    mlflow.create_model_version("credit", f"runs:/{run}/model", run)
    return "models:/credit/1"


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_a_version_in_mlflow_becomes_a_model(tab: Tab, client: Client, topology: Topology, tmp_path: Path) -> None:
    tab.visit("/new")
    page = tab.page
    expect(page.get_by_text("No MLflow server is watched yet")).to_be_visible()
    url = topology.run["mlflow_url"]
    version = register(url, tmp_path)
    client.post("/sources", {"name": "main", "settings": {"kind": "mlflow", "url": url}})
    tab.visit("/new")
    page.get_by_label("Model version").fill("models:/credit/9")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("This cannot be read")).to_be_visible(timeout=REPORT_MS)
    tab.picture(tmp_path, "no-version")
    assert tab.findings() == []
    page.get_by_role("button", name="Other rows").click()
    expect(page.get_by_label("Model version")).to_have_value("models:/credit/9")
    page.get_by_label("Model version").fill(version)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_label("Meaning of label")).to_have_value("label", timeout=REPORT_MS)
    expect(page.get_by_label("Meaning of income")).to_have_value("feature")
    tab.picture(tmp_path, "version")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Create credit").click()
    expect(page.get_by_text("a reference of 900 rows")).to_be_visible(timeout=REPORT_MS)
    rows = loans(FIRST, 300, 8).rename(columns={"case": "id", "decided": "time", "approved": "prediction"})
    choose(page, "Choose files of past batches", file("today.csv", csv_of(rows)))
    see_first_report(tab, "1 of 1 batches analysed")
