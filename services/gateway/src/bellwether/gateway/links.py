"""Where things are found."""

from urllib.parse import quote

from bellwether.contracts import node_id
from bellwether.gateway.endpoint import API


def model(name: str, *rest: str) -> str:
    """Return the path of a model, or of something below it."""
    return "/".join((API, "models", name, *(quote(part, safe="~") for part in rest)))


def of_model(name: str) -> dict[str, str]:
    """Return the links of a model."""
    parts = ("reference", "batches", "drift", "features", "heatmap", "versions")
    return {"self": model(name), **{part: model(name, part) for part in parts}}


def of_batch(name: str, id: str) -> dict[str, str]:
    """Return the links of a batch."""
    return {
        "self": model(name, "batches", id),
        "drift": model(name, "drift", id),
        "explanations": f"{model(name, 'explanations', 'global')}?batch={quote(id, safe='~')}",
        "lineage": f"{API}/lineage/graph?node={quote(node_id('batch', f'bellwether/{name}', id), safe='~')}",
    }
