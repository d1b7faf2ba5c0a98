"""Reports as pages and files: alone, without script, with everything escaped, and every table had as a file."""

import csv
import io
import json
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pyarrow.parquet as pq
import pytest

from bellwether.contracts import Annotation, MetricValue, PerformanceReport, fact_id, month_pk
from bellwether.gateway.reports.content import Table
from bellwether.gateway.reports.files import to_csv, to_parquet
from bellwether.storage.collections import MODELS, OPS, REPORTS
from bellwether.storage.documents import dump
from tests.integration.gateway.facts import analysed
from tests.integration.gateway.served import Api
from tests.integration.gateway.test_incidents import opened

NASTY = '<script>alert("x")</script>\'"&'
VOID = {"meta", "rect", "circle", "path", "br", "link"}


class Page(HTMLParser):
    """Which elements, attributes and texts a page holds, and whether they nest."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def read(self, text: str) -> "Page":
        self.feed(text)
        assert self._open == []
        return self


@pytest.fixture
def batch(api: Api, model: str) -> str:
    """Twelve days, the last past its line, an incident, an annotation, performance."""
    now = api.now()
    ids = [
        analysed(api, model, now - timedelta(days=ago), 50.0 if ago < 2 else 10.0, "act" if ago < 2 else "fine")
        for ago in range(12)
    ]
    opened(api, title=f"Drift {NASTY}", days=1)
    metric = MetricValue(
        metric="roc_auc", value=0.8, normal=0.9, watch=0.88, act=0.87, status="act", interval=(0.7, 0.9)
    )
    for id in ids[:3]:
        report = PerformanceReport(
            id=f"e~{id}", pk=month_pk(model, id), model=model, batch=id, kind="estimated", method="cbpe", end=now,
            rows=100, key_metric="roc_auc", status="act", sentence="Worse.", metrics=(metric,), created_at=now,
        )  # fmt: skip
        api.documents.put(REPORTS, dump(report))
    note = Annotation(
        id=fact_id(now, "annotation", "x"), pk=f"annotations|{model}", model=model, kind="note", time=now, text=NASTY,
        created_at=now, created_by=NASTY,
    )  # fmt: skip
    api.documents.put(OPS, dump(note))
    doc = api.documents.get(MODELS, model, "model")
    assert doc is not None
    api.documents.put(MODELS, {**doc, "owner": NASTY})
    return ids[0]


def period(api: Api) -> str:
    return f"{api.now() - timedelta(days=20):%Y-%m-%d}..{api.now():%Y-%m-%d}"


def names(api: Api, batch: str) -> list[str]:
    return [batch, period(api)]


def test_pages_stand_alone_and_run_nothing(api: Api, batch: str) -> None:
    for id in names(api, batch):
        answer = api.get(f"/models/credit/reports/{id}.html")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
        page = Page().read(answer.text)
        tags = [tag for tag, _ in page.tags]
        assert not {"script", "link", "img", "iframe", "object", "form"} & set(tags)
        assert tags.count("h1") == 1
        assert tags.count("style") == 1
        assert "@import" not in answer.text
        assert "url(" not in answer.text
        for _, given in page.tags:
            assert not any(name.startswith("on") for name in given)
            assert not (given.get("href") or "").startswith(("http", "//", "javascript:"))
            assert "src" not in given
        assert len(answer.content) < 200_000


def test_what_people_wrote_is_shown_as_they_wrote_it(api: Api, batch: str) -> None:
    answer = api.get(f"/models/credit/reports/{period(api)}.html")
    page = Page().read(answer.text)
    assert NASTY in page.text
    assert page.text.count(NASTY) >= 3
    assert "<script>alert" not in answer.text


def test_a_page_tells_status_in_words_and_pictures_in_text(api: Api, batch: str) -> None:
    text = api.get(f"/models/credit/reports/{batch}.html").text
    page = Page().read(text)
    assert "▲ Act" in page.text
    titles = text.count("<title>")
    assert titles == text.count("<svg") + 1
    assert text.count('role="img"') == text.count("<svg")
    assert "What is not known" in page.text
    assert "@media print" in text


def test_the_period_counts_its_batches(api: Api, batch: str) -> None:
    data = api.get(f"/models/credit/reports/{period(api)}.json").json()
    assert (data["kind"], data["status"]) == ("period", "act")
    assert data["sentence"].startswith("Of 12 batches 2 called for action.")
    tables = {one["name"]: one for one in data["tables"]}
    assert len(tables["batches"]["rows"]) == 12
    (incident,) = (dict(zip(tables["incidents"]["columns"], row, strict=True)) for row in tables["incidents"]["rows"])
    assert (incident["likely cause"], incident["link"]) == (None, f"/incidents/{incident['id']}")
    page = Page().read(api.get(f"/models/credit/reports/{period(api)}.html").text)
    assert ("a", {"href": incident["link"]}) in page.tags
    assert [row[1] for row in tables["changes"]["rows"]] == ["note"]
    assert any("No labels have come for 12 of 12 batches" in text for text in data["coverage"])


def test_every_table_is_had_as_csv_and_as_parquet(api: Api, batch: str) -> None:
    for id in names(api, batch):
        for table in api.get(f"/models/credit/reports/{id}.json").json()["tables"]:
            where = f"/models/credit/reports/{id}"
            text = api.get(f"{where}.csv", params={"table": table["name"]})
            assert text.status_code == 200
            rows = list(csv.reader(io.StringIO(text.content.decode())))
            assert rows[0] == table["columns"]
            assert len(rows) == len(table["rows"]) + 1
            assert 'filename="credit-' in text.headers["content-disposition"]
            packed = api.get(f"{where}.parquet", params={"table": table["name"]})
            read = pq.read_table(io.BytesIO(packed.content))
            assert read.column_names == table["columns"]
            assert read.num_rows == len(table["rows"])


def test_numbers_stay_numbers(api: Api, batch: str) -> None:
    body = api.get(f"/models/credit/reports/{period(api)}.parquet?table=batches").content
    table = pq.read_table(io.BytesIO(body))
    kinds = {field.name: str(field.type) for field in table.schema}
    assert (kinds["rows"], kinds["drift index"], kinds["status"]) == ("int64", "double", "string")
    assert table.column("drift index").to_pylist()[-1] == 50.0


def some(*cells: Any) -> Table:
    return Table(name="changes", title="x", columns=("=a", "b"), rows=tuple((cell, 1) for cell in cells))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    rows = list(csv.reader(io.StringIO(to_csv(some(text)).decode(), newline="")))
    assert rows == [["'=a", "b"], [f"'{text}", "1"]]


@pytest.mark.parametrize("text", ['say "hi"', "a,b", "two\nlines", "größe", "", "a=1"])
def test_any_other_text_comes_back_as_it_was(text: str) -> None:
    rows = list(csv.reader(io.StringIO(to_csv(some(text)).decode(), newline="")))
    assert rows[1][0] == text


def test_negative_numbers_are_no_formulas() -> None:
    assert b"\r\n-1.5,1" in to_csv(some(-1.5))


@pytest.mark.parametrize(
    ("cells", "kind"),
    [((1, 2), "int64"), ((1, None), "int64"), ((1, 2.5), "double"), ((True, None), "bool"), ((1, "x"), "string"),
     ((None, None), "string"), ((), "string"), ((True, 1.5), "string")],
)  # fmt: skip
def test_a_column_has_the_type_of_what_it_holds(cells: tuple[Any, ...], kind: str) -> None:
    read = pq.read_table(io.BytesIO(to_parquet(some(*cells))))
    assert str(read.schema.field("=a").type) == kind
    assert read.num_rows == len(cells)


@pytest.mark.parametrize(
    ("id", "status"),
    [("nonsense", 404), ("2026-02-31..2026-03-01", 404), ("2026-03-02..2026-03-01", 422),
     ("1990-01-01..1990-01-02", 404), ("2000-01-01..2026-01-01", 422),
     ("20260101T000000000000Z~batch~000000000000", 404)],
)  # fmt: skip
def test_what_is_no_report_is_said(api: Api, batch: str, id: str, status: int) -> None:
    for form in ("html", "json", "csv", "parquet"):
        answer = api.get(f"/models/credit/reports/{id}.{form}")
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        json.loads(answer.content)


def test_a_table_a_report_has_not_is_refused(api: Api, batch: str) -> None:
    answer = api.get(f"/models/credit/reports/{batch}.csv?table=incidents")
    assert answer.status_code == 422
    assert "features" in answer.json()["errors"][0]["limit"]


def test_reports_are_listed_with_their_files(api: Api, batch: str) -> None:
    items = api.get("/models/credit/reports").json()["items"]
    assert {one["kind"] for one in items} == {"period", "batch"}
    newest = next(one for one in items if one["kind"] == "batch")
    assert newest["id"] == batch
    for link in newest["links"].values():
        assert api.call("GET", link).status_code == 200
