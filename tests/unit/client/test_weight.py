"""Starting the command line loads nothing heavy."""

import subprocess
import sys

import pytest

HEAVY = (
    *("shap", "mlflow", "scipy", "pandas", "polars", "numpy", "pyarrow", "numba", "sklearn"),
    *("celery", "kombu", "redis", "azure", "fastapi", "uvicorn", "httpx", "pydantic"),
)


@pytest.mark.parametrize("module", ["bellwether.cli", "bellwether.client", "bellwether.embedded"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    program = f"import sys, {module}; print(*sorted(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("module", ["bellwether.gateway.app"])
def test_the_gateway_carries_no_statistics(module: str) -> None:
    numbers = HEAVY[:9]
    program = f"import sys, {module}; print(*sorted(name for name in {numbers!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == ""
