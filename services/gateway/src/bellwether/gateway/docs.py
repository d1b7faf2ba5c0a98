"""The API described for people: one page without scripts, made from the OpenAPI document."""

from functools import cache
from html import escape
from typing import Any

_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">
<title>Bellwether API</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem}code{font-family:ui-monospace,monospace}h2{margin-top:2rem}dt{margin-top:1rem}dd{margin:0 0 0 1.5rem}
</style></head><body><main><h1>Bellwether API</h1>"""
_TAIL = "</main></body></html>"
CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@cache
def page(openapi: Any) -> str:
    """Return the page; ``openapi`` makes the document."""
    document = openapi()
    groups: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    intro = (
        f"<p>{escape(document['info']['description'])} Version {escape(document['info']['version'])}. "
        '<a href="/openapi.json">openapi.json</a> is the exact description. Requests carry '
        "<code>Authorization: Bearer &lt;key&gt;</code>; errors are <code>application/problem+json</code>.</p>"
    )
    parts = (f"<h2>{escape(name.replace('_', ' '))}</h2><dl>{''.join(found)}</dl>" for name, found in groups.items())
    return f"{_HEAD}{intro}{''.join(parts)}{_TAIL}"


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    roles = ", ".join(operation["x-roles"]) or "anyone"
    names = ", ".join(one["name"] for one in operation.get("parameters", ()) if one["in"] == "query")
    query = f" Query: <code>{escape(names)}</code>." if names else ""
    text = escape(operation.get("description", operation["summary"]))
    return f"<dt><code>{method.upper()} {escape(path)}</code></dt><dd>{text} For: {escape(roles)}.{query}</dd>"
