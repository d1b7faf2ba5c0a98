import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bellwether.embedded import home, launcher
from bellwether.embedded.demo import registry


@pytest.fixture(scope="session")
def mlflow_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real MLflow tracking server on SQLite, shared by the session."""
    folder, port = tmp_path_factory.mktemp("mlflow"), home.free_port()
    argv = [sys.executable, "-m", "bellwether.embedded.mlflow_server", "--folder", str(folder), "--port", str(port)]
    bound = [sys.executable, "-I", "-S", launcher.__file__, str(os.getpid()), *argv]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(bound, stdout=log, stderr=subprocess.STDOUT, process_group=0)
    url = f"http://127.0.0.1:{port}"
    try:
        registry.await_server(url, 120)
        yield url
    finally:
        process.terminate()
        process.wait(20)
