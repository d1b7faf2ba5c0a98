"""Writes the bill of materials of a service, as CycloneDX JSON: ``python sbom.py SERVICE VERSION < LOCK > BOM``."""

import sys
from collections.abc import Iterator
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement

_IMAGE = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
"""What an image is, wherever this runs; the rest of the markers is that of this Python."""


def packages(lock: str) -> Iterator[Component]:
    """Every package of a lock that is installed on Linux, with the SHA-256 of each file it may be installed from."""
    for block in lock.replace("\\\n", " ").splitlines():
        line, *hashes = block.partition("#")[0].split("--hash=sha256:")
        if not line.strip():
            continue
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate(_IMAGE):
            continue
        [pin] = wanted.specifier
        purl = PackageURL("pypi", name=wanted.name, version=pin.version)
        yield Component(
            type=ComponentType.LIBRARY,
            name=wanted.name,
            version=pin.version,
            purl=purl,
            bom_ref=str(purl),
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each.strip()) for each in hashes],
        )


def bill(service: str, version: str, lock: str) -> str:
    """Return the bill of materials; the same for the same lock."""
    name = f"bellwether-{service}"
    root = Component(type=ComponentType.APPLICATION, name=name, version=version, bom_ref=name)
    found = list(packages(lock))
    bom = Bom(components=found, serial_number=uuid5(NAMESPACE_URL, f"{name} {version} {lock}"))
    bom.metadata.component = root
    bom.metadata.timestamp = None  # type: ignore[assignment]  # the format allows none, and time is no material
    bom.register_dependency(root, found)
    return JsonV1Dot6(bom).output_as_string(indent=1)


if __name__ == "__main__":
    sys.stdout.write(bill(sys.argv[1], sys.argv[2], sys.stdin.read()) + "\n")
