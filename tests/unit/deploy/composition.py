"""docker-compose.yml and what is layered on it: read, put together, and what is wrong with them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bellwether.settings import PREFIX, Settings
from tests.unit.deploy.manifests import DEPLOY, ROOT, Doc, documents

COMPOSE = ROOT / "docker-compose.yml"
OBSERVABILITY = DEPLOY / "compose" / "observability.yml"
EXAMPLE = ROOT / ".env.example"
DOCKERFILE = DEPLOY / "images" / "Dockerfile"

UNASKED = {"otel-collector": "its image holds the program alone: nothing in it can ask port 13133"}
"""Services without a health check, and why."""
TRUSTED = {
    "cosmos": "Microsoft's emulator starts as root and changes owners and users",
    "azurite": "its image writes below its own root",
    "mlflow": "it writes beside its program",
}
"""Services that may write to their root, and why; of these, cosmos keeps its rights as well."""
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::([-?])([^}]*))?\}")


@dataclass(frozen=True, slots=True)
class Composition:
    """What a run of ``docker compose -f A -f B`` has, before variables are filled in."""

    services: dict[str, Doc]
    volumes: frozenset[str]
    text: str
    example: str


@cache
def read(*paths: Path) -> Composition:
    """Put files together as compose does: a later one adds to the services of an earlier one."""
    services: dict[str, Doc] = {}
    volumes: set[str] = set()
    for path in paths:
        [doc] = documents(path)
        volumes |= set(doc.get("volumes", ()))
        for name, service in doc["services"].items():
            before = services.get(name, {})
            both = {
                key: {**before[key], **service[key]} for key in ("environment",) if key in before and key in service
            }
            services[name] = {**before, **service, **both}
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return Composition(services, frozenset(volumes), text, EXAMPLE.read_text(encoding="utf-8"))


def faults(composition: Composition) -> list[str]:
    """Everything that is wrong, in words."""
    found: list[str] = []
    for name, service in composition.services.items():
        found += [f"{name}: {fault}" for fault in _of_service(name, service, composition)]
    mounted = {source for service in composition.services.values() for source, _ in mounts(service) if _named(source)}
    found += [f"volume {name} is not declared" for name in sorted(mounted - composition.volumes)]
    found += [f"volume {name} is not used" for name in sorted(composition.volumes - mounted)]
    return found + _of_variables(composition)


def mounts(service: Doc) -> Iterator[tuple[str, str]]:
    """Source and target of every volume, variables filled in by their defaults."""
    for volume in service.get("volumes", ()):
        source, target = filled(volume).split(":")[:2]
        yield source, target


def filled(value: str) -> str:
    """A value with the defaults of its variables."""
    return VARIABLE.sub(lambda match: match[3] or "", value)


def settings(text: str) -> set[str]:
    """Names of settings that do not exist, of those a text sets."""
    unknown = set()
    for name in set(re.findall(rf"\b{PREFIX}[A-Z_]+", text)):
        part, _, rest = name.removeprefix(PREFIX).lower().partition("__")
        field = Settings.model_fields.get(part)
        if field is None or (rest and rest not in field.annotation.model_fields):  # type: ignore[union-attr]
            unknown.add(name)
    return unknown


def _named(source: str) -> bool:
    return not source.startswith((".", "/"))


def _of_service(name: str, service: Doc, composition: Composition) -> Iterator[str]:
    built = {other["image"] for other in composition.services.values() if "build" in other}
    image = service.get("image", "")
    if "build" in service:
        yield from _of_build(service["build"])
    elif image not in built and not re.search(r":(\$\{[A-Z_]+_VERSION:-[\w.-]+\})$", image):
        yield f"image {image} is neither built here nor pinned by a variable"
    if image not in built and "healthcheck" not in service and name not in UNASKED:
        yield "no health check, and no reason in UNASKED"
    for key in ("mem_limit", "cpus", "restart", "logging"):
        if key not in service:
            yield f"no {key}"
    if name != "cosmos" and service.get("cap_drop") != ["ALL"]:
        yield "keeps capabilities"
    if name not in TRUSTED and service.get("read_only") is not True:
        yield "may write to its root"
    yield from (
        f"depends on {other}, which is not there"
        for other in service.get("depends_on", ())
        if other not in composition.services
    )
    yield from (
        f"port {port} is open to other machines"
        for port in service.get("ports", ())
        if not port.startswith("127.0.0.1:")
    )
    for source, _ in mounts(service):
        if not _named(source) and not (ROOT / source).exists():
            yield f"mounts {source}, which is not there"


def _of_build(build: Doc) -> Iterator[str]:
    path = ROOT / build["context"] / build["dockerfile"]
    if not path.is_file():
        yield f"builds from {build['dockerfile']}, which is not there"
        return
    known = set(re.findall(r"^ARG (\w+)", path.read_text(encoding="utf-8"), re.M))
    yield from (f"gives the image {name}, which it does not take" for name in sorted(set(build["args"]) - known))
    stages = re.findall(r" AS own-(\w+)$", path.read_text(encoding="utf-8"), re.M)
    if build["args"]["SERVICE"] not in stages:
        yield f"builds {build['args']['SERVICE']}, which is none of {', '.join(stages)}"


def _of_variables(composition: Composition) -> list[str]:
    said = dict(re.findall(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", composition.example, re.M))
    wanted = {name: default for name, _, default in VARIABLE.findall(composition.text)}
    found = [f"{name} is not in .env.example" for name in sorted(set(wanted) - set(said))]
    in_force = dict(re.findall(r"^([A-Z][A-Z0-9_]*)=(.*)$", composition.example, re.M))
    found += [
        f"{name} is {in_force[name]} in .env.example and {default} by default"
        for name, default in sorted(wanted.items())
        if name in in_force and in_force[name] != default
    ]
    ours = {name for name in in_force if not name.startswith(PREFIX)}
    found += [f"{name} of .env.example is not used" for name in sorted(ours - set(wanted))]
    return found + [f"{name} is no setting" for name in sorted(settings(composition.text + composition.example))]


def undefined(collector: Doc) -> list[str]:
    """What the pipelines of an OpenTelemetry collector name and its file does not define, and the other way round."""
    found = []
    for kind in ("receivers", "processors", "exporters"):
        named = {name for pipeline in collector["service"]["pipelines"].values() for name in pipeline.get(kind, ())}
        found += [f"{kind}: {name}" for name in sorted(named ^ set(collector.get(kind, ())))]
    named = set(collector["service"].get("extensions", ()))
    return found + [f"extensions: {name}" for name in sorted(named ^ set(collector.get("extensions", ())))]


def layers() -> Sequence[tuple[Path, ...]]:
    """Every way to put the files together."""
    return (COMPOSE,), (COMPOSE, OBSERVABILITY)
