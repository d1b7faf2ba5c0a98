"""What a template of Azure comes to for given parameters: a small evaluator of the expressions and loops it uses.

What only Azure knows (``reference``, ``listKeys``) is a ``Later``: it remembers what it was asked of, so that a test
can see that the thing is there, and reads as a text of no particular meaning.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

GROUP = "/subscriptions/s/resourceGroups/g"
_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z_]\w*)|(\d+)|([()\[\].,]))")
Value = Any


@dataclass(frozen=True, slots=True)
class Later:
    """A value of a resource that exists only once it is deployed."""

    of: str
    path: str = ""

    def __str__(self) -> str:
        return f"<{self.of}{self.path}>"


@dataclass(slots=True)
class Template:
    """A template with parameters; raises ``KeyError``, ``IndexError`` or ``ValueError`` on what is not there."""

    source: Mapping[str, Any]
    given: Mapping[str, Value]
    indices: dict[str, int] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    """Ids of the resources that values were taken of."""

    def resources(self) -> Iterator[dict[str, Any]]:
        """Yield every resource with its expressions evaluated, its id, and the loop it comes from."""
        for resource in self.source["resources"]:
            loop = resource.get("copy", {"name": None, "count": 1})
            plain = {key: value for key, value in resource.items() if key not in {"copy", "comments"}}
            for index in range(self.evaluate(loop["count"])):
                self.indices[""] = index
                found = self.evaluate(plain)
                found["loop"] = loop["name"]
                found["id"] = identity(found)
                yield found
        self.indices.clear()

    def outputs(self) -> dict[str, Value]:
        """Evaluate every output."""
        found = {}
        for name, output in self.source["outputs"].items():
            if "copy" in output:
                found[name] = list(self._each("", output["copy"]))
            else:
                found[name] = self.evaluate(output["value"])
        return found

    def evaluate(self, value: Value) -> Value:
        """Return a value with the expressions in it replaced by what they come to."""
        if isinstance(value, str) and value.startswith("[") and not value.startswith("[["):
            return _Expression(value[1:-1], self).whole()
        if isinstance(value, list):
            return [self.evaluate(part) for part in value]
        if isinstance(value, dict):
            found = {str(self.evaluate(key)): self.evaluate(part) for key, part in value.items() if key != "copy"}
            for loop in value.get("copy", ()):
                found[loop["name"]] = list(self._each(loop["name"], loop))
            return found
        return value

    def _each(self, name: str, loop: Mapping[str, Value]) -> Iterator[Value]:
        for index in range(self.evaluate(loop["count"])):
            self.indices[name] = index
            yield self.evaluate(loop["input"])
        self.indices.pop(name, None)

    def parameter(self, name: str) -> Value:
        """Return what a parameter is."""
        known = self.source["parameters"][name]
        return self.given[name] if name in self.given else self.evaluate(known["defaultValue"])

    def ask(self, id: str) -> Later:
        """Return what is known of a resource once it is there."""
        self.asked.add(id)
        return Later(id)


def identity(resource: Mapping[str, Any]) -> str:
    """Return the id a resource will have."""
    parts = zip(resource["type"].split("/")[1:], resource["name"].split("/"), strict=True)
    tail = "/".join(f"{kind}/{name}" for kind, name in parts)
    scope = f"{GROUP}/providers/{resource['scope']}" if "scope" in resource else GROUP
    return f"{scope}/providers/{resource['type'].partition('/')[0]}/{tail}"


def _resource_id(kind: str, *names: str) -> str:
    return identity({"type": kind, "name": "/".join(names)})


def _unique(*seeds: str) -> str:
    """Stands in for Azure's hash: thirteen letters and digits, the same for the same seeds."""
    return hashlib.sha256("|".join(map(str, seeds)).encode()).hexdigest()[:13]


def _function(template: Template, name: str) -> Callable[..., Value]:
    known: dict[str, Callable[..., Value]] = {
        "parameters": template.parameter,
        "variables": lambda name: template.evaluate(template.source["variables"][name]),
        "copyIndex": lambda name="": template.indices[name],
        "reference": lambda of, *_: template.ask(of),
        "listKeys": lambda of, version: template.ask(of),
        "resourceGroup": lambda: {"id": GROUP, "location": "westeurope"},
        "subscription": lambda: {"tenantId": "11111111-1111-1111-1111-111111111111"},
        "environment": lambda: {"suffixes": {"keyvaultDns": ".vault.azure.net"}},
        "resourceId": _resource_id,
        "subscriptionResourceId": lambda kind, name: f"/subscriptions/s/providers/{kind}/{name}",
        "extensionResourceId": lambda of, kind, name: f"{of}/providers/{kind}/{name}",
        "uniqueString": _unique,
        "guid": _unique,
        "concat": lambda *parts: (
            [each for part in parts for each in part] if isinstance(parts[0], list) else "".join(map(str, parts))
        ),
        "take": lambda text, count: text[:count],
        "replace": lambda text, old, new: text.replace(old, new),
        "length": len,
        "string": str,
        "empty": lambda value: not value,
        "if": lambda condition, then, otherwise: then if condition else otherwise,
        "createArray": lambda *items: list(items),
        "createObject": lambda *pairs: dict(zip(pairs[::2], pairs[1::2], strict=True)),
        "uriComponent": lambda text: quote(str(text), safe=""),
    }
    if name not in known:
        raise ValueError(f"no function {name}")
    return known[name]


class _Expression:
    """One expression: calls, texts, numbers, and what hangs on them by dots and brackets."""

    def __init__(self, text: str, template: Template) -> None:
        self._text, self._template, self._at = text, template, 0

    def whole(self) -> Value:
        found = self._value()
        if self._text[self._at :].strip():
            raise ValueError(f"{self._text!r}: what is {self._text[self._at :]!r}?")
        return found

    def _value(self) -> Value:
        kind, token = self._next()
        if kind == "text":
            return token[1:-1].replace("''", "'")
        if kind == "number":
            return int(token)
        if kind != "name":
            raise ValueError(f"{self._text!r}: {token!r} begins nothing")
        self._expect("(")
        arguments = []
        while self._peek() != ")":
            arguments.append(self._value())
            if self._peek() == ",":
                self._next()
        self._expect(")")
        return self._parts(_function(self._template, token)(*arguments))

    def _parts(self, found: Value) -> Value:
        while self._peek() in {".", "["}:
            _, token = self._next()
            key = self._next()[1] if token == "." else self._value()
            if token == "[":
                self._expect("]")
            found = Later(found.of, f"{found.path}.{key}") if isinstance(found, Later) else found[key]
        return found

    def _peek(self) -> str:
        match = _TOKEN.match(self._text, self._at)
        return match[0].strip() if match else ""

    def _next(self) -> tuple[str, str]:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            raise ValueError(f"{self._text!r} ends too early, or has something unknown at {self._at}")
        self._at = match.end()
        return ("text", "name", "number", "mark")[(match.lastindex or 1) - 1], match[0].strip()

    def _expect(self, mark: str) -> None:
        if self._next()[1] != mark:
            raise ValueError(f"{self._text!r}: {mark!r} is missing before {self._text[self._at :]!r}")
