"""Datasets of OpenLineage events and their facets: names, schema, columns they come from, rows, statistics; pure.

Facets are not checked when an event is received: what is missing or of another form is left out. Source: the
OpenLineage specification, version 2-0-2, and its facets schema, symlinks, version, lifecycleStateChange, columnLineage,
lineage, dataQualityMetrics, inputStatistics and outputStatistics.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import JsonValue

from bellwether.contracts import ColumnMap, DatasetUse
from bellwether.graph import Teller
from bellwether.graph.datasets import canonical, dataset_id

MOST = 2000
"""Columns of one dataset, and sources of one column, that are read."""
MOST_MEASURED = 500
"""Columns whose statistics are kept."""
_METRICS = ("nullCount", "distinctCount", "sum", "count", "min", "max")
_Pair = tuple[str, str]


def tell_dataset(tell: Teller, one: Mapping[str, Any]) -> str:
    """Say what is told about a dataset itself; returns its node."""
    namespace, name = named(one)
    facets = object_in(one, "facets")
    change = text_in(object_in(facets, "lifecycleStateChange"), "lifecycleStateChange")
    return tell.node(
        dataset_id(namespace, name),
        label=None,
        lifecycle=change,
        deleted_at=tell.time if change == "DROP" else None,
        version=text_in(object_in(facets, "version"), "datasetVersion"),
        rows=count_in(_quality(one), "rowCount"),
        columns=[f"{column}: {kind}" for column, kind in _schema(one)[:500]] or None,
    )


def use_of(one: Mapping[str, Any], event: Mapping[str, Any]) -> DatasetUse:
    """Return how an event's run read or wrote a dataset."""
    namespace, name = named(one)
    statistics = object_in(one, "outputFacets", "outputStatistics") or object_in(one, "inputFacets", "inputStatistics")
    rows = count_in(statistics, "rowCount")
    return DatasetUse(
        namespace=namespace,
        name=name,
        rows=count_in(_quality(one), "rowCount") if rows is None else rows,
        size_bytes=count_in(statistics, "size"),
        schema_columns=_schema(one),
        columns=columns_of(one, event),
        profile=profile_of(one),
    )


def named(one: Mapping[str, Any]) -> tuple[str, str]:
    """Return the name of a dataset: of a table behind a location that is told as a symlink, the table's."""
    links = object_in(one, "facets", "symlinks").get("identifiers")
    for link in links if isinstance(links, list) else ():
        if not isinstance(link, dict) or link.get("type") != "TABLE":
            continue
        if (namespace := text_in(link, "namespace")) and (name := text_in(link, "name")):
            return canonical(namespace, name)
    return canonical(text_in(one, "namespace") or "unknown", text_in(one, "name") or "unknown")


def columns_of(one: Mapping[str, Any], event: Mapping[str, Any]) -> ColumnMap:
    """Return which columns a dataset's columns were made from: by its facets, or by its job's explicit lineage."""
    found: dict[str, set[_Pair]] = {}
    for target, told in object_in(one, "facets", "columnLineage", "fields").items():
        found.setdefault(target[:200], set()).update(_pairs(told, "inputFields"))
    for fields in (object_in(one, "facets", "lineage", "fields"), *_entries(one, event)):
        for target, told in fields.items():
            found.setdefault(target[:200], set()).update(_pairs(told, "inputs"))
    told_columns = sorted((name, pairs) for name, pairs in found.items() if name and pairs)
    return {name: tuple(sorted(pairs)[:MOST]) for name, pairs in told_columns[:MOST]}


def profile_of(one: Mapping[str, Any]) -> dict[str, JsonValue]:
    """Return the statistics of a dataset's columns by the facet dataQualityMetrics, under its names for them."""
    found: dict[str, JsonValue] = {}
    for column, told in sorted(object_in(_quality(one), "columnMetrics").items())[:MOST_MEASURED]:
        if not isinstance(told, dict) or not column:
            continue
        metrics: dict[str, JsonValue] = {name: told[name] for name in _METRICS if _is_number(told.get(name))}
        quantiles: dict[str, JsonValue] = {
            str(share)[:20]: value for share, value in object_in(told, "quantiles").items() if _is_number(value)
        }
        if metrics or quantiles:
            found[column[:200]] = metrics | ({"quantiles": quantiles} if quantiles else {})
    return found


def rows_written(event: Mapping[str, Any]) -> int | None:
    """Return the rows of all outputs together, None where none are told."""
    rows = [
        count_in(object_in(one, "outputFacets", "outputStatistics"), "rowCount") for one in datasets(event, "outputs")
    ]
    told = [count for count in rows if count is not None]
    return sum(told) if told else None


def datasets(event: Mapping[str, Any], side: str) -> Iterator[Mapping[str, Any]]:
    """Yield the inputs or the outputs of an event."""
    found = event.get(side)
    yield from (one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict))


def object_in(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return an object inside others, an empty one where there is none."""
    found: Any = value
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def text_in(value: Mapping[str, Any], name: str) -> str | None:
    """Return a text, or a whole number as one; None where it is neither, or empty."""
    found = value.get(name)
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    return found[:2048] if isinstance(found, str) and found else None


def count_in(value: Mapping[str, Any], name: str) -> int | None:
    """Return a count; None where it is none."""
    found = value.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**53 else None


def _quality(one: Mapping[str, Any]) -> dict[str, Any]:
    return object_in(one, "inputFacets", "dataQualityMetrics") or object_in(one, "facets", "dataQualityMetrics")


def _schema(one: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    fields = object_in(one, "facets", "schema").get("fields")
    found = [
        (field["name"][:200], str(field.get("type") or "unknown")[:200])
        for field in (fields if isinstance(fields, list) else ())
        if isinstance(field, dict) and isinstance(field.get("name"), str) and field["name"]
    ]
    return tuple(found[:MOST])


def _entries(one: Mapping[str, Any], event: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the fields of entries about a dataset in the explicit lineage of an event's job."""
    entries = object_in(event, "job", "facets", "lineage").get("entries")
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or entry.get("type") != "DATASET":
            continue
        if (entry.get("namespace"), entry.get("name")) == (one.get("namespace"), one.get("name")):
            yield object_in(entry, "fields")


def _pairs(told: Any, name: str) -> Iterator[_Pair]:
    """Yield the columns of other datasets that a column is said to come from."""
    sources = told.get(name) if isinstance(told, dict) else None
    for source in sources if isinstance(sources, list) else ():
        if not isinstance(source, dict) or source.get("type", "DATASET") != "DATASET":
            continue
        namespace, dataset, field = (text_in(source, key) for key in ("namespace", "name", "field"))
        if namespace and dataset and field:
            yield dataset_id(namespace, dataset), field[:200]


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
