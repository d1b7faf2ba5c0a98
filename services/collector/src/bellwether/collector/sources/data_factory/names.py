"""Names of what activities read and write, after OpenLineage's naming of stores; pure.

Of a linked service only address, server and database are looked at: whatever else it holds may be a secret.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from bellwether.collector.sources.data_factory.expressions import Scope, evaluate

Json = Mapping[str, Any]
Name = tuple[str, str]
"""Namespace and name."""
_TABLE = re.compile(
    r"(?is)\b(?:from|join|into|update|truncate\s+table|delete\s+from|merge\s+into)\s+((?:\[[^\]]+\]|[\w$#]+)(?:\s*\.\s*(?:\[[^\]]+\]|[\w$#]+)){0,2})"
)
_COMMENT = re.compile(r"(?s)--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'")
_SQL = {"AzureSqlDatabase": "mssql", "SqlServer": "mssql", "AzureSqlMI": "mssql", "AzureSqlDW": "sqlserver"}


def name_of(definition: Json, service: Json, scope: Scope) -> Name | None:
    """Return the name of a dataset for one run, or None when a part of it cannot be known."""
    kind, said = str(service.get("type")), _properties(service)
    where = _properties(definition)

    def value(*names: str) -> str | None:
        return next((found for name in names if (found := evaluate(where.get(name), scope)) is not None), None)

    if kind in _SQL:
        return _sql(_SQL[kind], said, value)
    if kind in ("AzureBlobFS", "AzureBlobStorage", "AzureDataLakeStore"):
        return _file(kind, said, where, scope)
    if kind == "CosmosDb":
        return _cosmos(said, value)
    return None


def tables_of(sql: str, service: Json) -> list[Name]:
    """Return the tables a text of SQL names; the text itself is not kept."""
    scheme, said = _SQL.get(str(service.get("type"))), _properties(service)
    if scheme is None or "@{" in sql:
        return []
    server = _server(said)
    if server is None:
        return []
    found: list[Name] = []
    for match in _TABLE.finditer(_COMMENT.sub(" ", sql)):
        parts = [part.strip().strip("[]").lower() for part in re.split(r"\.(?![^\[]*\])", match[1])]
        table = _table(scheme, server, said, parts)
        if table is not None and table not in found:
            found.append(table)
    return found


def _sql(scheme: str, said: Json, value: Callable[..., str | None]) -> Name | None:
    server, table = _server(said), value("table", "tableName")
    if server is None or table is None:
        return None
    schema = value("schema")
    parts = [part.strip("[]").lower() for part in table.split(".")]
    return _table(scheme, server, said, ([schema.lower()] if schema else []) + parts)


def _table(scheme: str, server: str, said: Json, parts: list[str]) -> Name | None:
    if any("@{" in part or not part for part in parts):
        return None
    if len(parts) == 1:
        parts = ["dbo", *parts]
    if scheme == "sqlserver":
        return f"sqlserver://{server}", ".".join(parts[-2:])
    database = str(said.get("database") or _connection(said, "initial catalog", "database") or "").lower()
    if len(parts) == 2 and database:
        parts = [database, *parts]
    return f"mssql://{server}", ".".join(parts)


def _server(said: Json) -> str | None:
    found = said.get("server") or _connection(said, "data source", "server")
    if not isinstance(found, str) or not found:
        return None
    host = found.removeprefix("tcp:").replace(",", ":").lower()
    return host if ":" in host else f"{host}:1433"


def _connection(said: Json, *names: str) -> str | None:
    """Return one part of a connection string; nothing else of it is looked at."""
    text = said.get("connectionString")
    if not isinstance(text, str):
        return None
    parts = {key.strip().lower(): value.strip() for key, _, value in (one.partition("=") for one in text.split(";"))}
    return next((parts[name] for name in names if name in parts), None)


def _file(kind: str, said: Json, where: Json, scope: Scope) -> Name | None:
    location = where.get("location")
    if not isinstance(location, Mapping):
        return None
    address = said.get("url") or said.get("serviceEndpoint")
    account = _connection(said, "accountname")
    host = urlsplit(address).hostname if isinstance(address, str) else None
    if host is None and account:
        host = f"{account}.blob.core.windows.net"
    container = evaluate(location.get("fileSystem") or location.get("container"), scope)
    if host is None or container is None:
        return None
    parts = []
    for name in ("folderPath", "fileName"):
        if name in location:
            part = evaluate(location[name], scope)
            if part is None:
                return None
            parts.append(part.strip("/"))
    scheme = "wasbs" if kind == "AzureBlobStorage" else "abfss"
    return f"{scheme}://{container}@{host.lower()}", "/".join(part for part in parts if part) or "/"


def _cosmos(said: Json, value: Callable[..., str | None]) -> Name | None:
    address = said.get("accountEndpoint") or _connection(said, "accountendpoint")
    database, container = said.get("database") or _connection(said, "database"), value("collectionName", "collection")
    host = urlsplit(address).hostname if isinstance(address, str) else None
    if host is None or not isinstance(database, str) or container is None:
        return None
    return f"azurecosmos://{host}/dbs/{database}", f"colls/{container}"


def _properties(definition: Json) -> Json:
    found = definition.get("typeProperties")
    return found if isinstance(found, Mapping) else {}
