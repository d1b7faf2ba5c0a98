"""PROV-JSON: runs are activities, things are entities.

Source: W3C Member Submission, The PROV-JSON Serialization (2013).
"""

import json
from datetime import datetime
from typing import Any

from bellwether.contracts import Node, node_hash
from bellwether.graph.exports.dot import hidden
from bellwether.graph.sentences import RUNS
from bellwether.graph.walk import Walked

_PREFIXES = {"bw": "urn:bellwether:node:", "bwa": "urn:bellwether:attribute:"}


def prov_json(found: Walked, now: datetime) -> bytes:
    """Return the walk as a PROV document; node ids stand in an attribute, as names of PROV may not hold them."""
    document: dict[str, Any] = {"prefix": _PREFIXES, "entity": {}, "activity": {}}
    for node in found.nodes.values():
        document["activity" if _is_run(node) else "entity"][_name(node.node)] = _attributes(node)
    for n, (_, hop) in enumerate(sorted(found.hops.items())):
        if hop.src in found.nodes and hop.dst in found.nodes:
            relation, roles = _relation(found.nodes[hop.src], found.nodes[hop.dst])
            more = {"bwa:relation": hop.rel, "bwa:evidence": hop.evidence}
            ends = dict(zip(roles, (_name(hop.dst), _name(hop.src)), strict=True))
            document.setdefault(relation, {})[f"_:e{n}"] = {**ends, **more}
    about = {"bwa:root": found.root, "bwa:made": now.isoformat(), "bwa:left_out": hidden(found) or "nothing"}
    document["entity"][_name("this document")] = about
    return json.dumps(document, indent=1, sort_keys=True).encode()


def _relation(src: Node, dst: Node) -> tuple[str, tuple[str, str]]:
    """Return the relation of PROV between two ends, and the names of its later and its earlier end."""
    match _is_run(src), _is_run(dst):
        case False, True:
            return "used", ("prov:activity", "prov:entity")
        case True, False:
            return "wasGeneratedBy", ("prov:entity", "prov:activity")
        case True, True:
            return "wasInformedBy", ("prov:informed", "prov:informant")
        case _:
            return "wasDerivedFrom", ("prov:generatedEntity", "prov:usedEntity")


def _attributes(node: Node) -> dict[str, str]:
    found = {"prov:label": node.label, "prov:type": str(node.kind), "bwa:id": node.node, "bwa:status": node.status}
    if _is_run(node):
        times = {"prov:startTime": node.start, "prov:endTime": node.end}
        found |= {name: time.isoformat() for name, time in times.items() if time is not None}
    return found


def _is_run(node: Node) -> bool:
    return node.kind in RUNS


def _name(id: str) -> str:
    return f"bw:{node_hash(id)}"
