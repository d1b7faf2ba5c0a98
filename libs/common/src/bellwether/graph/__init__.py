"""The provenance graph as pure functions: facts and their merge, walks, causes, exports. No store, no clock."""

from bellwether.graph.facts import Facts, Teller, default_label
from bellwether.graph.merge import add, merge_edges, merge_facts, merge_nodes
from bellwether.graph.reading import FactsReader, Reader
from bellwether.graph.walk import Bounds, Hop, Walked, walk, with_columns

__all__ = [
    "Bounds",
    "Facts",
    "FactsReader",
    "Hop",
    "Reader",
    "Teller",
    "Walked",
    "add",
    "default_label",
    "merge_edges",
    "merge_facts",
    "merge_nodes",
    "walk",
    "with_columns",
]
