"""A registered model, as its server and its training run know it: what a watched model can be made of."""

import json
import re
from pathlib import Path
from typing import Any

from bellwether.collector.sources.base import Registered, SourceFault, cut
from bellwether.collector.sources.mlflow.client import Client
from bellwether.collector.sources.mlflow.runs import columns_of, finite, source_uri
from bellwether.contracts import LoggedDataset

_URI = re.compile(r"^models:/(?P<name>[^/@]+)(?:/(?P<version>\d+)|@(?P<alias>[^/@]+))$")
REFERENCE_NAMES = ("reference", "evaluation", "validation", "test", "eval_results_table", "training", "train")
"""Names of logged tables that can serve as a reference, the best first."""
_TABLES = (".parquet", ".csv", ".json")


def describe(client: Client, uri: str) -> Registered:
    """Return a registered model by its address; raises ``SourceFault`` when there is none."""
    found = _URI.match(uri)
    if found is None:
        raise SourceFault(
            "invalid", f"{uri[:200]!r} names no registered model", "write models:/name/1 or models:/name@alias"
        )
    name = found["name"]
    version = (
        client.version_of_alias(name, found["alias"]) if found["alias"] else client.version(name, found["version"])
    )
    number = str(version.version)
    aliases = dict(client.registered_model(name).aliases or {})
    info = client.model_info(f"models:/{name}/{number}")
    run = client.run(version.run_id) if version.run_id else None
    datasets = [] if run is None else list(getattr(run.inputs, "dataset_inputs", None) or ())
    inputs = _columns(info.signature.inputs if info.signature else None)
    return Registered(
        name=name,
        version=number,
        aliases=tuple(sorted(str(alias) for alias, to in aliases.items() if str(to) == number)),
        run=version.run_id or None,
        inputs=inputs,
        outputs=_columns(info.signature.outputs if info.signature else None),
        flavours=tuple(sorted(info.flavors)),
        tags={**({} if run is None else run.data.tags), **version.tags},
        params={} if run is None else dict(run.data.params),
        metrics={} if run is None else {name: finite(value) for name, value in sorted(run.data.metrics.items())},
        datasets=tuple(_dataset(one) for one in datasets[:100]),
        targets=next((target for one in datasets if (target := _target(one, inputs)) is not None), None),
        reference=None if run is None else _reference(client, run.info.run_id),
    )


def reference_table(client: Client, registered: Registered, into: Path) -> Path:
    """Download the table of rows that can serve as a reference."""
    assert registered.run is not None
    assert registered.reference is not None
    return client.download(registered.run, registered.reference, into)


def _columns(schema: Any) -> tuple[tuple[str, str], ...]:
    """Return (name, type) of a signature; columns without names have the name ''."""
    if schema is None:
        return ()
    return tuple((cut(one.get("name") or "", 200), _type(one)) for one in schema.to_dict())


def _type(column: dict[str, Any]) -> str:
    """Return the type of a column of a signature; that of its elements where it is a tensor."""
    if column.get("type") != "tensor":
        return cut(column.get("type"), 100)
    dtype = str((column.get("tensor-spec") or {}).get("dtype"))
    known = {"float64": "double", "float32": "float", "bool": "boolean", "int64": "long", "int32": "integer"}
    return known.get(dtype, cut(dtype, 100))


def _dataset(one: Any) -> LoggedDataset:
    context = next((tag.value for tag in one.tags if tag.key == "mlflow.data.context"), None)
    try:
        profile = json.loads(one.dataset.profile or "{}")
    except ValueError:
        profile = {}
    rows = profile.get("num_rows") if isinstance(profile, dict) else None
    return LoggedDataset(
        name=cut(one.dataset.name, 500),
        digest=one.dataset.digest,
        context=context,
        rows=rows if isinstance(rows, int) and rows >= 0 else None,
        source=source_uri(one.dataset),
    )


def _target(one: Any, inputs: tuple[tuple[str, str], ...]) -> str | None:
    """Return the one column of a logged dataset that is no input of the model, if there is just one."""
    known = {name for name, _ in inputs}
    others = [name for name, _ in columns_of(one.dataset.schema) if name not in known]
    return others[0] if len(others) == 1 and known else None


def _reference(client: Client, run: str) -> str | None:
    """Return the artifact of a run that holds rows, by the names people give them."""
    paths = [one.path for one in client.artifacts(run) if not one.is_dir and one.path.endswith(_TABLES)]
    by_name = {path.rpartition("/")[2].partition(".")[0]: path for path in sorted(paths)}
    return next((by_name[name] for name in REFERENCE_NAMES if name in by_name), None)
