"""Names of datasets, so that what two producers call differently is one node; pure.

Names follow the naming table of OpenLineage. What producers are known to write otherwise is put right before an id is
made of it: JDBC producers name Azure SQL ``sqlserver:``, hosts and SQL names differ in case, ports are left out.
Source: the naming conventions of the OpenLineage specification.
"""

import re
from typing import NamedTuple

from bellwether.contracts import NodeKind, node_id, parse_node_id

MOST_LETTERS = 1024
_PORTS = {"mssql": 1433, "sqlserver": 1433, "postgres": 5432, "mysql": 3306}
_SYNAPSE = (".sql.azuresynapse.net", ".datawarehouse.fabric.microsoft.com")
_SAME = {"wasbs": "wasbs", "abfs": "abfss", "jdbc:sqlserver": "sqlserver", "postgresql": "postgres"}
_AUTHORITY = re.compile(r"(?P<scheme>[a-z][a-z0-9+.:-]*)://(?P<rest>.*)", re.IGNORECASE)


class DatasetName(NamedTuple):
    """Namespace and name of a dataset."""

    namespace: str
    name: str


def canonical(namespace: str, name: str) -> DatasetName:
    """Return the one name of a dataset."""
    namespace, name = namespace.strip()[:MOST_LETTERS], name.strip()[:MOST_LETTERS]
    found = _AUTHORITY.fullmatch(namespace)
    if found is None:
        return DatasetName(namespace or "unknown", name.rstrip("/") or name or "unknown")
    scheme, rest = found["scheme"].lower(), found["rest"].rstrip("/")
    scheme = _SAME.get(scheme, scheme)
    authority, slash, path = rest.partition("/")
    authority = authority.partition(";")[0].lower()
    if scheme == "sqlserver" and not authority.partition(":")[0].endswith(_SYNAPSE):
        scheme = "mssql"
    if scheme in _PORTS:
        host, _, port = authority.partition(":")
        authority, name = f"{host}:{port or _PORTS[scheme]}", name.replace("[", "").replace("]", "").lower()
    if scheme in ("abfss", "wasbs", "dbfs", "s3", "gs", "file"):
        name = name.strip("/") or "/"
    return DatasetName(f"{scheme}://{authority}{slash}{path}", name.rstrip("/") or name)


def dataset_id(namespace: str, name: str) -> str:
    """Return the node id of a dataset."""
    return node_id(NodeKind.DATASET, *canonical(namespace, name))


def version_id(dataset: str, version: str) -> str:
    """Return the node id of a version of a dataset."""
    parts = parse_node_id(dataset)
    return node_id(NodeKind.DATASET_VERSION, parts.namespace, parts.name, version)


def same_dataset(id: str) -> str:
    """Return the node id of a dataset under its one name."""
    parts = parse_node_id(id)
    return dataset_id(parts.namespace, parts.name)
