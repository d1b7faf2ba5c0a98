"""Exports: each is read back by what reads such files, or by the grammar it follows."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from bellwether.contracts import node_id
from bellwether.gateway.lineage.receive import faults
from bellwether.graph import Bounds, Walked, walk
from bellwether.graph.exports import EXPORTS
from tests.scenarios import MODEL, scenario

NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def found() -> Walked:
    made = scenario(7)
    walked = walk(made.reader(), node_id("report", f"bellwether/{MODEL}", f"drift/{made.points[-1].batch}"), Bounds())
    assert walked is not None
    return walked


def export(found: Walked, name: str) -> bytes:
    return EXPORTS[name].write(found, NOW)


def test_openlineage_holds_an_event_for_each_run_that_we_would_take_ourselves(found: Walked) -> None:
    events = json.loads(export(found, "openlineage"))
    assert len(events) == sum(node.kind in ("pipeline_run", "activity_run", "ml_run") for node in found.nodes.values())
    for event in events:
        assert faults(event) == []
        assert UUID(event["run"]["runId"]).version == 5
        assert all("_producer" in facet and "_schemaURL" in facet for facet in event["run"]["facets"].values())
    (score,) = [event for event in events if event["outputs"] and event["outputs"][0]["namespace"].startswith("bell")]
    assert {"features"} <= {one["name"] for one in score["inputs"]}


def test_prov_tells_runs_from_things(found: Walked) -> None:
    document = json.loads(export(found, "prov-json"))
    known = {*document["entity"], *document["activity"]}
    assert len(known) == len(found.nodes) + 1
    ends = {"used": ("activity", "entity"), "wasGeneratedBy": ("entity", "activity")}
    for relation, (first, second) in ends.items():
        for one in document[relation].values():
            assert one[f"prov:{first}"] in document[first]
            assert one[f"prov:{second}"] in document[second]
    told = sum(len(document.get(name, ())) for name in (*ends, "wasInformedBy", "wasDerivedFrom"))
    assert told == len(found.hops)


def test_the_picture_is_xml_without_scripts_or_things_to_load(found: Walked) -> None:
    root = ET.fromstring(export(found, "svg"))
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {"svg", "title", "desc", "rect", "path", "g", "circle", "text"}
    assert sum(element.tag.endswith("circle") for element in root.iter()) == len(found.nodes)


def test_dot_names_every_node_and_edge_in_quotes(found: Walked) -> None:
    lines = export(found, "dot").decode().splitlines()
    assert sum("->" in line for line in lines) == len(found.hops)
    assert sum("fillcolor" in line for line in lines) == len(found.nodes)
    assert all(line.replace('\\"', "").count('"') % 2 == 0 for line in lines)


def test_tables_hold_all_and_no_cell_is_a_formula(found: Walked) -> None:
    some = next(iter(found.nodes.values()))
    odd = Walked(found.root, {**found.nodes, some.node: some.model_copy(update={"label": "=1+1"})}, found.hops)
    with zipfile.ZipFile(io.BytesIO(EXPORTS["csv"].write(odd, NOW))) as archive:
        nodes = list(csv.DictReader(io.StringIO(archive.read("nodes.csv").decode())))
        edges = list(csv.DictReader(io.StringIO(archive.read("edges.csv").decode())))
    assert (len(nodes), len(edges)) == (len(found.nodes), len(found.hops))
    assert next(row["label"] for row in nodes if row["id"] == some.node) == "'=1+1"


@pytest.mark.parametrize("name", ["prov-json", "svg", "csv", "dot"])
def test_what_was_left_out_is_said_in_the_file(name: str, found: Walked) -> None:
    cut = Walked(found.root, found.nodes, found.hops)
    cut.hidden["batch"] = 4
    content = EXPORTS[name].write(cut, NOW)
    if name == "csv":
        content = zipfile.ZipFile(io.BytesIO(content)).read("left-out.txt")
    assert b"4 batch" in content
