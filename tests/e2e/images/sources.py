"""Where this machine has its packages from, as arguments of a build: the secrets of the Dockerfile."""

import ast
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[3]
_PIP = ("-url", "-links", "no-index", "trusted-host", "proxy", "timeout")
"""How the names of those settings of pip end that say where packages come from."""
_NPM = ("registry", "proxy", "https-proxy", "noproxy", "strict-ssl")
_CA = "/run/secrets/ca"


def arguments(folder: Path) -> list[str]:
    """Return the arguments; ``folder`` keeps the files they name. Paths a setting names are mounted where they are."""
    bundle, pip = _bundle(), dict(_pip())
    lines = [f"{key} = {value}" for key, value in pip.items()]
    (folder / "pip.conf").write_text("\n".join(["[global]", *lines, *([f"cert = {_CA}"] if bundle else [])]) + "\n")
    npm = [f"{key}={value}" for key, value in _npm()]
    (folder / "npmrc").write_text("\n".join([*npm, *([f"cafile={_CA}"] if bundle else [])]) + "\n")
    found = [f"--secret=id={name},src={folder / name}" for name in ("pip.conf", "npmrc")]
    if bundle:
        found.append(f"--secret=id=ca,src={bundle}")
    for key, value in pip.items():
        for word in value.split():
            path = Path(urlsplit(word).path)
            if urlsplit(word).scheme in {"", "file"} and path.is_absolute() and path.is_dir():
                # The pages of an index on disk name files beside its folder.
                folder = path if key.endswith("-links") else path.parent
                found.append(f"--volume={folder}:{folder}:ro")
    return [*found, "--network=host"]


def _bundle() -> str | None:
    """The certificates that are trusted here, where they are not those of the system of an image."""
    named = (os.environ.get(name) for name in ("PIP_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"))
    return next((path for path in named if path and Path(path).is_file()), None)


def _pip() -> Iterator[tuple[str, str]]:
    told = subprocess.run(
        [ROOT / ".tools/bin/pip", "config", "list"], capture_output=True, text=True, check=True, timeout=60
    )
    for line in told.stdout.splitlines():
        name, _, value = line.partition("=")
        key = name.rpartition(".")[2]
        if key.endswith(_PIP):  # what is set last wins, as it does for pip
            yield key, " ".join(str(ast.literal_eval(value)).split())


def _npm() -> Iterator[tuple[str, str]]:
    for key in _NPM:
        told = subprocess.run(
            [ROOT / ".tools/node/bin/npm", "config", "get", key], capture_output=True, text=True, check=True, timeout=60
        )
        if (value := told.stdout.strip()) not in {"", "null", "undefined"}:
            yield key, value
