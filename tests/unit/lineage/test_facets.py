"""Facets of the specification, written by the official client and read by ours, and the other way round."""

import importlib
import pkgutil
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from openlineage.client import generated
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.generated.column_lineage_dataset import ColumnLineageDatasetFacet, Fields, InputField
from openlineage.client.generated.data_quality_metrics_input_dataset import (
    ColumnMetrics,
    DataQualityMetricsInputDatasetFacet,
)
from openlineage.client.generated.input_statistics_input_dataset import InputStatisticsInputDatasetFacet
from openlineage.client.generated.lineage import (
    LineageDatasetEntry,
    LineageDatasetFacet,
    LineageDatasetInput,
    LineageFieldEntry,
    LineageJobFacet,
)
from openlineage.client.generated.output_statistics_output_dataset import OutputStatisticsOutputDatasetFacet
from openlineage.client.generated.schema_dataset import SchemaDatasetFacet, SchemaDatasetFacetFields
from openlineage.client.generated.source_code_location_job import SourceCodeLocationJobFacet
from openlineage.client.serde import Serde

from bellwether.contracts import LineageEvent, LineageReceived, node_id, observed_subject
from bellwether.graph import Bounds, Facts, FactsReader, add, walk, with_columns
from bellwether.graph.case import Case
from bellwether.graph.exports.openlineage import event
from bellwether.graph.facts import EdgeKey
from bellwether.graph.rules.distribution import upstream_distribution
from bellwether.lineage.extract import graph_of

ZERO = datetime(2026, 3, 1, 4, tzinfo=UTC)
LAKE = "abfss://lake@account.dfs.core.windows.net"
RAW, OTHER, OUT = (node_id("dataset", LAKE, name) for name in ("raw", "other", "features"))


def told(*events: dict[str, Any]) -> FactsReader:
    """Return the graph that events of another producer make."""
    nodes, edges = [], []
    for one in events:
        time = datetime.fromisoformat(one["eventTime"])
        document = LineageEvent(
            id="e",
            pk="x",
            source="openlineage/main",
            digest="d",
            updated_at=time,
            received_at=time,
            kind="run",
            event=one,
        )
        received = LineageReceived(model="@x/y", subject=observed_subject(document), occurred_at=time)
        tell = graph_of(received, (document,))
        nodes += tell.nodes
        edges += tell.edges
    return FactsReader(add(Facts(), nodes, edges))


def sent(day: int = 0, *, most: float = 9.5, job: dict[str, Any] | None = None, out: Any = None) -> dict[str, Any]:
    """Return what the official client sends of a run that reads raw and other, and writes features."""
    quality = DataQualityMetricsInputDatasetFacet(
        rowCount=100,
        columnMetrics={
            "wind": ColumnMetrics(nullCount=3, min=0.5, max=most, quantiles={"0.5": 4.0}),
            "day": ColumnMetrics(),
        },
    )
    lineage = ColumnLineageDatasetFacet(fields={"wind_speed": Fields(inputFields=[InputField(LAKE, "raw", "wind")])})
    schema = SchemaDatasetFacet(fields=[SchemaDatasetFacetFields("wind_speed", "double")])
    made: dict[str, Any] = Serde.to_dict(
        RunEvent(
            eventType=RunState.COMPLETE,
            eventTime=(ZERO + timedelta(days=day)).isoformat(),
            run=Run(str(UUID(int=day + 1))),
            job=Job("spark", "join", job or {}),
            producer="https://example.com/producer",
            inputs=[
                InputDataset(LAKE, "raw", inputFacets={"dataQualityMetrics": quality}),
                InputDataset(
                    LAKE, "other", inputFacets={"inputStatistics": InputStatisticsInputDatasetFacet(rowCount=7)}
                ),
            ],
            outputs=[
                OutputDataset(
                    LAKE,
                    "features",
                    facets=out or {"columnLineage": lineage, "schema": schema},
                    outputFacets={"outputStatistics": OutputStatisticsOutputDatasetFacet(rowCount=98, size=4096)},
                )
            ],
        )
    )
    return made


def run(day: int = 0) -> str:
    return node_id("run", "openlineage", str(UUID(int=day + 1)))


def version(day: int = 0) -> str:
    return node_id("dataset_version", LAKE, "features", f"run~{UUID(int=day + 1)}")


def test_statistics_columns_and_schema_are_read() -> None:
    reader = told(sent())
    (known,) = reader.nodes([run()]).values()
    assert known.attributes["profile"].value == {
        "raw": {"wind": {"nullCount": 3, "min": 0.5, "max": 9.5, "quantiles": {"0.5": 4.0}}}
    }
    (made,) = reader.nodes([version()]).values()
    assert (made.attributes["rows"].value, made.attributes["size_bytes"].value) == (98, 4096)
    assert made.attributes["columns"].value == ["wind_speed: double"]
    (edge,) = reader.edges([EdgeKey(run(), "generated", version())]).values()
    assert edge.columns == {"wind_speed": ((RAW, "wind"),)}
    assert reader.nodes([RAW])[RAW].attributes["rows"].value == 100


@pytest.mark.parametrize("where", ["dataset", "job"])
def test_explicit_lineage_of_columns_is_read_from_dataset_and_job(where: str) -> None:
    sources = [
        LineageDatasetInput(LAKE, "raw", "DATASET", "wind"),
        LineageDatasetInput(LAKE, "other", "DATASET", "unit"),
    ]
    fields = {"wind_speed": LineageFieldEntry([*sources, LineageDatasetInput(LAKE, "raw", "DATASET")])}
    entry = LineageDatasetEntry(LAKE, "features", "DATASET", fields=fields)
    elsewhere = LineageDatasetEntry(LAKE, "elsewhere", "DATASET", fields={"wind_speed": LineageFieldEntry([])})
    if where == "job":
        reader = told(sent(job={"lineage": LineageJobFacet([entry, elsewhere])}, out={"x": LineageDatasetFacet()}))
    else:
        reader = told(sent(out={"lineage": LineageDatasetFacet(fields=fields)}))
    (edge,) = reader.edges([EdgeKey(run(), "generated", version())]).values()
    assert edge.columns == {"wind_speed": tuple(sorted([(RAW, "wind"), (OTHER, "unit")]))}


def test_a_statistic_another_producer_measured_is_a_cause() -> None:
    reader = told(*(sent(day, most=9.5 + 0.01 * (day % 3)) for day in range(8)), sent(8, most=95.0))
    # No event said when the run began: it is looked at like one that did.
    nodes = [one.model_copy(update={"start": one.end}) for one in reader.facts.nodes.values()]
    reader = FactsReader(Facts({one.node: one for one in nodes}, reader.facts.edges))
    walked = walk(reader, run(8), Bounds(up=2, down=0))
    assert walked is not None
    found = list(upstream_distribution(reader, walked, Case("m", run(8), run(8), ZERO)))
    assert [one.sentence.partition(" was ")[0] for one in found] == ["raw.wind.max of join"]
    assert "wind" in found[0].columns


def test_what_is_exported_is_what_was_told() -> None:
    """Read what we write ourselves: the same columns, rows, sizes and statistics of what was written."""
    location = SourceCodeLocationJobFacet(
        "git", "https://example.com/repo", repoUrl="https://example.com/repo", version="abc"
    )
    first = told(sent(job={"sourceCodeLocation": location}))
    again = told(*(exported(first, run()),))
    key = EdgeKey(run(), "generated", version())
    for reader in (first, again):
        (edge,) = reader.edges([key]).values()
        assert edge.columns == {"wind_speed": ((RAW, "wind"),)}
    for id, names in ((version(), ("rows", "size_bytes", "columns")), (run(), ("commit", "repository"))):
        for name in names:
            assert again.nodes([id])[id].attributes[name].value == first.nodes([id])[id].attributes[name].value


def test_every_facet_we_write_is_one_of_the_specification() -> None:
    classes = {}
    for module in pkgutil.iter_modules(generated.__path__):
        for one in vars(importlib.import_module(f"{generated.__name__}.{module.name}")).values():
            if isinstance(one, type) and hasattr(one, "_get_schema"):
                classes[one._get_schema()] = one
    location = SourceCodeLocationJobFacet(
        "git", "https://example.com/repo", repoUrl="https://example.com/repo", version="abc"
    )
    reader = told(sent(job={"sourceCodeLocation": location}))
    nodes = dict(reader.facts.nodes)
    for name, value in (("profile", {"wind_speed": {"min": 0.5, "mean": 3.0}}), ("rows", 98)):
        attribute = nodes[run()].attributes["commit"].model_copy(update={"value": value})
        nodes[version()] = nodes[version()].model_copy(
            update={"attributes": {**nodes[version()].attributes, name: attribute}}
        )
    reader = FactsReader(Facts(nodes, reader.facts.edges))
    made = exported(reader, run())
    datasets = [*made["inputs"], *made["outputs"]]
    groups = [made["run"]["facets"], made["job"]["facets"], *(one["facets"] for one in datasets)]
    groups += [one.get("inputFacets") or one.get("outputFacets") or {} for one in datasets]
    seen = set()
    for facets in groups:
        for name, facet in facets.items():
            if name.startswith("bellwether_"):
                continue
            given = {key: value for key, value in facet.items() if not key.startswith("_")}
            classes[facet["_schemaURL"]](**given)
            seen.add(name)
    assert {"columnLineage", "dataQualityMetrics", "outputStatistics", "schema", "version", "jobType"} <= seen
    (output,) = made["outputs"]
    assert output["facets"]["dataQualityMetrics"]["columnMetrics"] == {"wind_speed": {"min": 0.5}}, "no mean there"


def exported(reader: FactsReader, id: str) -> dict[str, Any]:
    walked = walk(reader, id, Bounds(up=3, down=3))
    assert walked is not None
    return event(with_columns(reader, walked), walked.nodes[id])
