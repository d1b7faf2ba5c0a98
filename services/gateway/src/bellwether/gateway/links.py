"""Where things are found."""

from urllib.parse import quote

from bellwether.contracts import node_id
from bellwether.gateway.endpoint import API


def model(name: str, *rest: str) -> str:
    """Return the path of a model, or of something below it."""
    return "/".join((API, "models", name, *(quote(part, safe="~") for part in rest)))


def of_model(name: str) -> dict[str, str]:
    """Return the links of a model."""
    parts = ("reference", "batches", "drift", "features", "heatmap", "explanations", "versions")
    return {"self": model(name), **{part: model(name, part) for part in parts}}


def of_batch(name: str, id: str) -> dict[str, str]:
    """Return the links of a batch."""
    return {
        "self": model(name, "batches", id),
        "drift": model(name, "drift", id),
        "explanations": f"{model(name, 'explanations', 'global')}?batch={quote(id, safe='~')}",
        "lineage": f"{API}/lineage/graph?node={quote(node_id('batch', f'bellwether/{name}', id), safe='~')}",
    }


def locals_of(name: str, batch: str) -> str:
    """Return where the explained rows of a batch are listed."""
    return f"{model(name, 'explanations', 'local')}?batch={quote(batch, safe='~')}"


def local(name: str, batch: str, row: str) -> str:
    """Return where one explained row of a batch is."""
    return f"{model(name, 'explanations', 'local', row)}?batch={quote(batch, safe='~')}"
