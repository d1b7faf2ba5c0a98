"""The Python client and the command line against the real API over the real services."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import uvicorn
from structlog.testing import capture_logs

import bellwether.client as bw
from bellwether.bus import InlineBus, Ledger
from bellwether.cli import main
from bellwether.client.spool import Spool
from bellwether.errors import Conflict, InvalidInput, NotFound, NotReady, Unavailable
from bellwether.objects import open_objects
from bellwether.settings import Settings
from bellwether.storage.factory import open_engine
from tests.integration.client.served import serving
from tests.integration.gateway.served import Api, Clock
from tests.integration.gateway.test_services import handlers, rows


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings, now = Settings(home=tmp_path_factory.mktemp("client")), Clock()
    engine = open_engine(settings)
    steps: Any = handlers(settings, now)
    bus = InlineBus(Ledger(engine, settings.work, now), steps)
    api = Api(settings, engine, open_objects(settings.objects), bus, now)  # type: ignore[arg-type]  # any bus
    yield api
    api.close()
    steps["collector.accept_batch"].__self__.decoder.close()


@pytest.fixture(scope="module")
def url(api: Api) -> Iterator[str]:
    # The lines the server logs would stand among those of the command line.
    with capture_logs(), serving(uvicorn.Config(api.app, log_config=None, lifespan="off")) as url:
        yield url


@pytest.fixture(scope="module")
def client(api: Api, url: str) -> Iterator[bw.Client]:
    with bw.connect(url, api.key) as client:
        yield client


@pytest.fixture(scope="module")
def credit(client: bw.Client, tmp_path_factory: pytest.TempPathFactory) -> bw.Model:
    """A model with a reference and two batches; the second is another population."""
    spool = tmp_path_factory.mktemp("spool")
    model = bw.model("credit", client=client, task="binary", score="score", reference=table(0), spool=spool)
    assert model.log(table(1), batch="one", start="2026-02-01T00:00:00Z", end="2026-02-02T00:00:00Z").report(20).batch
    moved = model.log(table(2, 25.0), batch="two", start="2026-02-02T00:00:00Z", end="2026-02-03T00:00:00Z")
    assert moved.report(wait=20).status == "act"
    return model


def table(seed: int, shift: float = 0.0) -> pa.Table:
    return pq.read_table(pa.BufferReader(rows(seed, shift)))


def test_a_report_says_what_moved_and_shows_itself(credit: bw.Model) -> None:
    report = credit.report()
    assert report.status == "act"
    assert report.overall is not None
    assert report.overall >= report.threshold
    assert report.top(1)[0]["feature"] in {"age", "score"}
    page = report._repr_html_()
    assert len(page) < 60_000
    assert "<script" not in page
    assert "▲" in page
    assert "credit" in report._repr_markdown_()
    assert credit.summary()["status"] == "act"
    assert [point["status"] for point in credit.drift()][-1] == "act"


def test_the_same_rows_are_the_same_batch_in_whatever_form_they_come(credit: bw.Model, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = table(3).to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    first = credit.log(frame, batch="three")
    assert credit.log(frame, batch="three").id == first.id
    pq.write_table(table(3), tmp_path / "part-1.parquet")
    assert credit.log(tmp_path / "part-1.parquet", batch="file").report(20).batch
    pq.write_table(table(4), tmp_path / "part-2.parquet")
    both = credit.log(str(tmp_path / "part-*.parquet"), batch="files").report(20)
    assert both.content["rows"] == 2000


def test_a_name_in_a_report_cannot_break_the_page(credit: bw.Model) -> None:
    report = credit.report()
    feature = {**report.content["features"][0], "feature": "<b>|x"}
    odd = bw.Report(report.client, "credit", "b", {**report.content, "features": [feature]}, "<i>", None)
    assert "<b>" not in odd._repr_html_()
    assert "<i>" not in odd._repr_html_()
    assert "\\|x" in odd._repr_markdown_()


def test_a_missing_column_is_named_before_anything_is_sent(credit: bw.Model) -> None:
    with pytest.raises(InvalidInput) as caught:
        credit.log(table(5).drop_columns("region/area"))
    assert [fault.pointer for fault in caught.value.faults] == ["/region/area"]


def test_rows_nobody_can_send_are_refused_with_what_can(credit: bw.Model, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="rows of type int"):
        credit.log(3)
    with pytest.raises(NotFound, match="there is no file"):
        credit.log(tmp_path / "nothing.parquet")
    odd = tmp_path / "rows.xlsx"
    odd.touch()
    with pytest.raises(InvalidInput, match="is not known"):
        credit.log(odd)


def test_a_rejected_batch_raises_all_its_reasons(credit: bw.Model, tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    pq.write_table(table(5).drop_columns("age"), broken)
    with pytest.raises(InvalidInput, match="was rejected") as caught:
        credit.log(broken, batch="broken").report(20)
    assert caught.value.faults


def test_another_definition_of_a_model_is_a_conflict(client: bw.Client, credit: bw.Model) -> None:
    assert bw.model("credit", client=client).name == "credit"
    with pytest.raises(Conflict):
        bw.model("credit", client=client, task="regression")
    with pytest.raises(TypeError, match="unknown roles"):
        bw.model("credit", client=client, scores="score")


def test_a_job_goes_on_while_the_server_is_away_and_nothing_is_lost(
    api: Api, client: bw.Client, credit: bw.Model, tmp_path: Path
) -> None:
    pauses: list[float] = []
    with bw.connect("http://127.0.0.1:9", api.key) as nowhere:
        away = bw.Model(nowhere, "credit", Spool(tmp_path), pauses.append, ("age",))
        kept = away.log(table(6), batch="six")
        assert kept.spooled
        away.log(table(6), batch="six")
        assert len(list(away.spool.waiting())) == 1, "the same push is kept once"  # type: ignore[union-attr]
        with pytest.raises(NotReady):
            kept.state()
        with pytest.raises(Unavailable):
            away.log(table(6), batch="six", strict=True)
    assert pauses
    back = bw.Model(client, "credit", Spool(tmp_path))
    assert back.flush() == 1
    assert back.flush() == 0
    assert "six" in {batch["key"] for batch in client.items("/models/credit/batches")}


def test_rows_that_waited_and_are_refused_hold_up_nothing_and_are_kept(
    api: Api, client: bw.Client, credit: bw.Model, tmp_path: Path
) -> None:
    with bw.connect("http://127.0.0.1:9", api.key) as nowhere:
        away = bw.Model(nowhere, "credit", Spool(tmp_path), lambda _: None, ("age",))
        away.log(table(8), batch="eight", start="2026-02-09T00:00:00Z", end="2026-02-08T00:00:00Z")
    back = bw.Model(client, "credit", Spool(tmp_path))
    with pytest.warns(UserWarning, match="rows that waited were refused"):
        assert back.log(table(9), batch="nine").id is not None
    [reason] = tmp_path.glob("*.reason")
    assert "ends before it starts" in reason.read_text()
    assert reason.with_suffix(".rows").is_file()
    assert back.flush() == 0


def test_an_answer_that_cannot_be_explained_says_why(credit: bw.Model) -> None:
    with pytest.raises(InvalidInput):
        credit.explain("nobody", wait=5)


def test_check_raises_at_the_status_asked_for(client: bw.Client, credit: bw.Model) -> None:
    with pytest.raises(bw.Drifted, match="credit"):
        bw.check("credit", client=client)


def run(api: Api, url: str, *words: str) -> int:
    return main([*words, "--url", url, "--key", api.key])


def test_the_command_line_onboards_pushes_and_reports(
    api: Api, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference, moved = tmp_path / "reference.parquet", tmp_path / "moved.parquet"
    pq.write_table(table(0), reference)
    pq.write_table(table(7, 25.0), moved)
    added = run(
        api, url, "model", "add", "loans", "--task", "binary", "--score", "score", "--reference", str(reference)
    )
    assert added == 0
    assert "reference of 1000 rows is in force" in capsys.readouterr().out
    assert run(api, url, "report", "loans") == 3, "no report yet"
    assert run(api, url, "log", "loans", str(moved), "--batch", "b") == 0
    batch = capsys.readouterr().out.split(": ")[1].strip()
    assert run(api, url, "report", "loans", "--batch", batch, "--wait", "20") == 2
    told = capsys.readouterr().out
    assert told.startswith("▲ act  loans")
    assert "age" in told
    assert run(api, url, "report", "loans", "-o", "json", "--fail-on", "act") == 2
    assert json.loads(capsys.readouterr().out)["batch"] == batch
    assert run(api, url, "models", "-o", "md") == 0
    assert "| ▲ act | loans |" in capsys.readouterr().out
    pack = tmp_path / "pack.zip"
    assert run(api, url, "evidence", "loans", "--from", "2000-01-01", "--to", "2009-12-31", "--out", str(pack)) == 65
    assert run(api, url, "evidence", "loans", "--from", "2026-01-10", "--to", "2026-02-02", "--out", str(pack)) == 0
    assert "parts, all as they were made (not signed)" in capsys.readouterr().out
    pack.write_bytes(pack.read_bytes()[:-40])
    assert run(api, url, "evidence", "verify", str(pack)) == 65
    assert "is no evidence pack" in capsys.readouterr().err
    assert run(api, url, "report", "nobody") == 65


def test_wrong_words_and_nobody_there_have_statuses_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["report"])
    assert ended.value.code == 64
    assert main(["models", "--url", "http://127.0.0.1:9", "--key", "k"]) == 4
    for name in ("BELLWETHER_URL", "BELLWETHER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BELLWETHER_HOME", str(tmp_path))
    assert main(["models"]) == 4
    assert "there is no run.json" in capsys.readouterr().err
