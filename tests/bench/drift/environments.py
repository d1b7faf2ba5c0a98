"""Environments of the peers, each of its own below ``.bench/``: none of them installs beside ours."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
HOME = ROOT / ".bench"
PEERS = Path(__file__).parent / "peers"

PINS = {
    "evidently": ("evidently==0.7.23", "pandas<3", "pyarrow"),
    "nannyml": (
        "nannyml==0.13.1",
        "statsmodels",
        "pandas<3",
        "scikit-learn<1.6",
        "category-encoders<2.7",
        "setuptools<81",
    ),
    "alibi": ("alibi-detect==0.13", "pyarrow<20", "setuptools<81"),
}
"""A plain install of each fails beside current pandas or scikit-learn; these work together."""


def python(peer: str) -> str:
    """Return the interpreter of a peer's environment, made when it is not there."""
    if peer not in PINS:
        return sys.executable
    home = HOME / peer
    wanted = "\n".join(PINS[peer])
    made = home / "pins.txt"
    if not made.exists() or made.read_text(encoding="utf-8") != wanted:
        uv = str(ROOT / ".tools" / "bin" / "uv")
        interpreter = str(home / "bin" / "python")
        for command in (
            ["venv", "--clear", "--python", sys.executable, str(home)],
            ["pip", "install", "--python", interpreter, *PINS[peer]],
        ):
            # Not in our folder: the constraints of our own workspace would hold for them too.
            subprocess.run([uv, *command, "--quiet"], check=True, cwd=home.anchor)
        made.write_text(wanted, encoding="utf-8")
    return str(home / "bin" / "python")


def run(peer: str, script: str, *arguments: str, timeout_s: float = 3_600) -> str:
    """Run a script in a peer's environment on one thread; its last line of output."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_MAX_THREADS"), "1")
    quiet = {
        "DO_NOT_TRACK": "1",
        "NML_DISABLE_USAGE_LOGGING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONWARNINGS": "ignore",
    }
    done = subprocess.run(
        [python(peer), str(PEERS / script), *arguments],
        env={**os.environ, **one, **quiet},
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{script} in {peer} ended with {done.returncode}: {done.stderr[-2_000:]}")
    return done.stdout.strip().splitlines()[-1]
