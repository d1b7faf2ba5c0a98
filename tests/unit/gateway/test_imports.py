import subprocess
import sys

HEAVY = {"numpy", "scipy", "pandas", "pyarrow", "shap", "mlflow", "sklearn", "numba", "polars", "matplotlib"}


def test_the_gateway_loads_nothing_heavy() -> None:
    script = "import sys, bellwether.gateway.main; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60)
    assert not HEAVY & set(loaded.stdout.split())
