"""Process entry: an MLflow tracking server in one process, SQLite and files under a folder.

``mlflow server`` starts its web server as a grandchild and loads MLflow twice; a supervisor wants neither.
"""

import argparse
import os
from pathlib import Path


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="bellwether.embedded.mlflow_server", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="folder of database and artifacts")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    folder = arguments.folder.absolute()
    (folder / "artifacts").mkdir(parents=True, exist_ok=True)
    quiet = {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    }
    os.environ.update(quiet)

    # Slow to load: nothing above may wait for it, and it reads the variables above.
    import mlflow.server as server  # noqa: PLC0415
    import uvicorn  # noqa: PLC0415

    store = f"sqlite:///{folder / 'mlflow.db'}"
    os.environ[server.BACKEND_STORE_URI_ENV_VAR] = store
    os.environ[server.REGISTRY_STORE_URI_ENV_VAR] = store
    os.environ[server.ARTIFACT_ROOT_ENV_VAR] = (folder / "artifacts").as_uri()
    from mlflow.server.fastapi_app import app  # noqa: PLC0415

    uvicorn.run(app, host="127.0.0.1", port=arguments.port, timeout_graceful_shutdown=3)


if __name__ == "__main__":
    main()
