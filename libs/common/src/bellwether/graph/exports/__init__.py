"""A walk as a file other tools read; pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bellwether.graph.exports.dot import dot
from bellwether.graph.exports.openlineage import openlineage
from bellwether.graph.exports.prov import prov_json
from bellwether.graph.exports.svg import svg
from bellwether.graph.exports.tables import csv_zip
from bellwether.graph.walk import Walked


@dataclass(frozen=True, slots=True)
class Export:
    """A format: how it is written, its media type, and what its file names end with."""

    write: Callable[[Walked, datetime], bytes]
    media_type: str
    suffix: str


EXPORTS: Mapping[str, Export] = {
    "openlineage": Export(openlineage, "application/json", "openlineage.json"),
    "prov-json": Export(prov_json, "application/json", "prov.json"),
    "dot": Export(dot, "text/vnd.graphviz", "dot"),
    "svg": Export(svg, "image/svg+xml", "svg"),
    "csv": Export(csv_zip, "application/zip", "zip"),
}
"""Name to format; the time given to a writer is when the file is made."""

__all__ = ["EXPORTS", "Export"]
