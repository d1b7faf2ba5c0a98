"""Evidence packs: whole, the same whenever they are asked for, and what was altered is named."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from bellwether.client.evidence import FORMAT, verify
from bellwether.contracts import Alert, Mute, fact_id, node_id
from bellwether.errors import InvalidInput
from bellwether.gateway.reports import evidence
from bellwether.graph import Teller
from bellwether.storage.collections import OPS
from bellwether.storage.documents import dump
from bellwether.storage.lineage import GraphWriter
from tests.integration.gateway.facts import analysed
from tests.integration.gateway.served import Api
from tests.integration.gateway.test_incidents import decide, opened

PATH = "/models/credit/evidence"
Parts = dict[str, bytes]


@pytest.fixture
def batch(api: Api, model: str) -> str:
    """Twelve days, the last two past their line: an incident whose first batch came out of a run that failed."""
    now = api.now()
    ids = [
        analysed(api, model, now - timedelta(days=ago), 50.0 if ago < 3 else 10.0, "act" if ago < 3 else "fine")
        for ago in range(1, 13)
    ]
    bad, begun = ids[1], now - timedelta(days=2)
    tell = Teller(model, "bellwether", begun, begun)
    run = tell.node(node_id("run", "push", "load"), label="load", status="FAILED", start=begun, end=begun)
    made = tell.node(node_id("batch", f"bellwether/{model}", bad), label="batch", start=begun)
    tell.edge(run, "generated", made)
    tell.edge(made, "evaluated", node_id("report", f"bellwether/{model}", f"drift/{bad}"))
    GraphWriter(api.documents).write(model, tell.nodes, tell.edges)
    alert = Alert(
        key="k", rule="drift", family="drift", status="act", since=begun, seen_at=begun, last_at=begun,
        first_batch=bad, sentence="age moved.",
    )  # fmt: skip
    id = opened(api, days=2, alerts=(alert,))
    decide(api, id, note="we look at it")
    mute = Mute(
        id=fact_id(begun, "mute", "x"), pk=f"mutes|{model}", model=model, start=begun, end=now, reason="new sensors",
        created_at=begun, created_by="ann",
    )  # fmt: skip
    api.documents.put(OPS, dump(mute))
    return bad


def asked(api: Api) -> dict[str, str]:
    """A period that is over."""
    return {"from": f"{api.now() - timedelta(days=20):%Y-%m-%d}", "to": f"{api.now() - timedelta(days=1):%Y-%m-%d}"}


def parts(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def test_a_pack_holds_all_that_is_known_and_the_hash_of_every_part(api: Api, batch: str) -> None:
    answer = api.get(PATH, params=asked(api))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    found = parts(answer.content)
    manifest = json.loads(found.pop("manifest.json"))
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == {
        path: hashlib.sha256(body).hexdigest() for path, body in found.items()
    }
    assert (manifest["format"], manifest["model"], manifest["signed"]) == (FORMAT, "credit", False)
    assert json.loads(found["model.json"])["name"] == "credit"
    assert {"report.html", "tables/kpis.csv", "references.json", "batches.json", "rules.json"} <= found.keys()
    (incident,) = json.loads(found["incidents.json"])
    assert [one["note"] for one in incident["decisions"]] == ["we look at it"]
    assert incident["likely_causes"][0]["rule"] == "failed_upstream"
    assert [one["reason"] for one in json.loads(found["expected-changes.json"])] == ["new sensors"]
    events = json.loads(found[f"provenance/{incident['incident']}.openlineage.json"])
    assert [one["eventType"] for one in events] == ["FAIL"]
    assert b"<svg" in found[f"provenance/{incident['incident']}.svg"]
    assert b"rows_uri" not in b"".join(found.values()), "where things are kept is nobody's business"


def test_the_data_of_a_period_is_the_same_whenever_it_is_asked_for(api: Api, batch: str) -> None:
    period = asked(api)
    first = parts(api.get(PATH, params=period).content)
    api.now.time += timedelta(hours=5)
    again = parts(api.get(PATH, params=period).content)
    assert first.keys() == again.keys()
    assert {path for path in first if first[path] != again[path]} <= {"manifest.json", "report.html"}


def test_what_was_altered_is_named(api: Api, batch: str, tmp_path: Path) -> None:
    assert evidence.FORMAT == FORMAT
    pack, found = tmp_path / "pack.zip", api.get(PATH, params=asked(api)).content
    pack.write_bytes(found)
    assert verify(pack)["model"] == "credit"
    whole = parts(found)
    worse: dict[str, Parts] = {
        "report.json: changed": {**whole, "report.json": whole["report.json"].replace(b"act", b"fine", 1)},
        "rules.json: missing": {path: body for path, body in whole.items() if path != "rules.json"},
        "more.json: added": {**whole, "more.json": b"{}"},
    }
    for said, altered in worse.items():
        with zipfile.ZipFile(pack, "w") as archive:
            for path, body in altered.items():
                archive.writestr(path, body)
        with pytest.raises(InvalidInput, match="not as it was made") as error:
            verify(pack)
        assert [f"{one.pointer}: {one.value}" for one in error.value.faults] == [said]


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_another_file_is_no_pack(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(InvalidInput, match="is no evidence pack"):
        verify(tmp_path / "x.zip")


def test_a_period_without_data_or_without_sense_is_refused(api: Api, batch: str) -> None:
    assert api.get(PATH, params={"from": "2001-01-01", "to": "2001-01-31"}).status_code == 404
    assert api.get(PATH, params={"from": "2026-02-02", "to": "2026-02-01"}).status_code == 422
    assert api.get(PATH, params={"from": "yesterday", "to": "2026-02-01"}).status_code == 422
    assert api.get(PATH, params=asked(api), key=api.new_key("admin", models=["other"])).status_code == 404
