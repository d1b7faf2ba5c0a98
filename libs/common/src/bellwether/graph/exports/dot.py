"""The DOT language of Graphviz."""

from datetime import datetime

from bellwether.contracts import Node, RunStatus
from bellwether.graph.sentences import KINDS
from bellwether.graph.walk import Walked

_FILL: dict[RunStatus, str] = {
    "SUCCEEDED": "#d9f2e3",
    "FAILED": "#f9d5d3",
    "ABORTED": "#fdebc8",
    "RUNNING": "#d6e6fb",
    "QUEUED": "#ececec",
    "UNKNOWN": "#ffffff",
}
_LINE = {"exact": "solid", "bridge": "solid", "inferred": "dashed", "unresolved": "dotted"}


def dot(found: Walked, now: datetime) -> bytes:
    """Return the walk left to right, fill by status, the status in words as well."""
    lines = ["digraph provenance {", '  rankdir="LR";', '  node [shape="box", style="filled,rounded"];']
    lines += [
        f"  {_quoted(node.node)} [label={_label(node)}, fillcolor={_quoted(_FILL[node.status])}];"
        for node in sorted(found.nodes.values(), key=lambda node: node.node)
    ]
    lines += [
        f"  {_quoted(hop.src)} -> {_quoted(hop.dst)} [label={_quoted(hop.rel)}, style={_quoted(_LINE[hop.evidence])}];"
        for _, hop in sorted(found.hops.items())
    ]
    if found.truncated:
        lines.append(f"  label={_quoted('left out: ' + hidden(found))};")
    return ("\n".join([*lines, "}"]) + "\n").encode()


def hidden(found: Walked) -> str:
    """Return what a walk left out, in words."""
    return ", ".join(f"{count} {kind}" for kind, count in sorted(found.hidden.items()))


def _label(node: Node) -> str:
    status = "" if node.status == "UNKNOWN" else f"\n{node.status.lower()}"
    verdict = "" if node.verdict is None else f"\n{node.verdict}"
    return _quoted(f"{KINDS[node.kind]}\n{node.label}{status}{verdict}")


def _quoted(text: str) -> str:
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(letter for letter in safe if letter >= " ") + '"'
