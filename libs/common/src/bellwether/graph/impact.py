"""What depends on a node; pure. Beyond a shared node the graphs of models are asked one by one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bellwether.contracts import Node
from bellwether.graph.reading import Reader
from bellwether.graph.walk import Bounds, walk

DEPTH, LIMIT = 20, 1000


@dataclass(slots=True)
class Impact:
    """What depends on a node, by its graph (empty for what sources observed)."""

    by_graph: dict[str, dict[str, Node]] = field(default_factory=dict)
    truncated: bool = False


def impact(
    shared: Reader, root: str, touching: Callable[[str], tuple[list[str], bool]], of_model: Callable[[str], Reader]
) -> Impact:
    """Return what depends on a node, over all graphs.

    Parameters
    ----------
    shared
        Reads what sources observed, or the graph the root is in.
    touching
        The models whose graphs hold a shared node, and whether there are more than were looked up.
    of_model
        Reads the graph of a model with what sources observed.
    """
    found, bounds = Impact(), Bounds(up=0, down=DEPTH, limit=LIMIT)
    below = walk(shared, root, bounds)
    nodes: Mapping[str, Node] = {} if below is None else below.nodes
    found.by_graph[""] = {id: node for id, node in nodes.items() if id != root}
    found.truncated = below is not None and below.truncated
    models: dict[str, list[str]] = {}
    for id in [root, *found.by_graph[""]]:
        graphs, more = touching(id)
        found.truncated |= more
        for graph in graphs:
            models.setdefault(graph, []).append(id)
    for model, ids in sorted(models.items()):
        reader = of_model(model)
        theirs: dict[str, Node] = {}
        for id in ids:
            further = walk(reader, id, bounds)
            if further is not None:
                found.truncated |= further.truncated
                theirs |= {one: node for one, node in further.nodes.items() if one not in nodes and one != root}
        found.by_graph[model] = theirs
    return found
