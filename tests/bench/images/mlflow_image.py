"""An image with the MLflow of our locks, in place of the official one that the profile ``mlflow`` names."""

import hashlib
import re
import subprocess
import tempfile
from pathlib import Path

from tests.e2e.images.engine import NAMES, podman

ROOT = Path(__file__).parents[3]
_LOCK = ROOT / "requirements" / "embedded.txt"
_TEXT = """\
FROM {python}
COPY site /opt/mlflow
COPY mlflow /usr/local/bin/mlflow
ENV PYTHONPATH=/opt/mlflow
"""
_PROGRAM = """\
#!/usr/bin/python3
import sys

from mlflow.cli import cli

sys.exit(cli())
"""


def arguments(python: str) -> dict[str, str]:
    """Return the variables of ``.env`` that name it; makes it where it is missing, in a minute or two."""
    lock = _LOCK.read_text(encoding="utf-8")
    [release] = re.findall(r"^mlflow==(\S+)", lock, re.M)
    made = hashlib.sha256(f"{Path(__file__).read_text()}{lock}{python}".encode()).hexdigest()[:12]
    name = f"{NAMES}/mlflow:{made}"
    if name not in podman("images", "--format", "{{.Repository}}:{{.Tag}}").splitlines():
        with tempfile.TemporaryDirectory(prefix="bellwether-base-") as folder:
            _make(Path(folder), name, python, release)
    return {"MLFLOW_IMAGE": f"{NAMES}/mlflow", "MLFLOW_VERSION": made}


def _make(folder: Path, name: str, python: str, release: str) -> None:
    uv = (ROOT / ".tools/bin/uv", "pip", "install", "--quiet", "--no-config", "--python", ROOT / ".tools/bin/python")
    wanted = ("--only-binary", ":all:", "--constraints", _LOCK, "--target", folder / "site", f"mlflow=={release}")
    done = subprocess.run([*uv, *wanted], capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    (folder / "mlflow").write_text(_PROGRAM, encoding="utf-8")
    (folder / "mlflow").chmod(0o755)
    (folder / "Containerfile").write_text(_TEXT.format(python=python), encoding="utf-8")
    podman("build", "--quiet", "--network", "none", "--tag", name, folder, timeout_s=600)
