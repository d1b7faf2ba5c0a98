"""Downloads a model from an MLflow registry, in a process of its own that may be killed. Started by ``Registry``.

MLflow finds and copies files here, nothing is opened: only the MLmodel document is read, as data. Its one argument is a
JSON object: uri, tracking, folder, schemes, local, bytes; without a folder, the version an alias points to is asked for
and nothing is downloaded. Its answer is a JSON object on standard output.
"""

import hashlib
import json
import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import yaml

from bellwether.explain.flavours import FLAVOURS, Artifact

_DOCUMENT = "MLmodel"
_OF_RUN = re.compile(r"runs:/([0-9a-zA-Z_-]+)/([^/'\\]+)")
_HANDED_OUT = "/api/2.0/mlflow-artifacts/artifacts/"
_DOCUMENT_BYTES = 4 << 20
_MOST_FILES = 2_000
_QUIET = {
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "GIT_PYTHON_REFRESH": "quiet",
}


class Refused(ValueError):
    """The model may not be, or cannot be, fetched; trying again changes nothing."""


def main() -> int:
    """Fetch, and say what was found or why not."""
    asked = json.loads(sys.argv[1])
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    for name, value in _QUIET.items():
        os.environ[name] = value
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    json.dump(answer(asked), out)
    out.close()
    return 0


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what was found, or the error: ``refused``, or ``away`` where trying again may help."""
    import mlflow  # noqa: PLC0415 - it reads the variables above
    from mlflow.exceptions import MlflowException  # noqa: PLC0415

    mlflow.set_tracking_uri(asked["tracking"])
    mlflow.set_registry_uri("databricks-uc" if asked["tracking"] == "databricks" else asked["tracking"])
    try:
        return _fetch(asked) if asked["folder"] is not None else _pointed(str(asked["uri"]))
    except Refused as error:
        return {"error": "refused", "message": str(error)}
    except MlflowException as error:
        status = error.get_http_status_code()
        message = " ".join(str(error).split())[:500]
        return {"error": "refused" if 400 <= status < 500 and status != 429 else "away", "message": message}
    except ImportError as error:  # clients of object storages are not among MLflow's own packages
        return {
            "error": "refused",
            "message": f"the model's files lie in a storage whose client is not installed here ({error}); let the"
            " MLflow server hand them out: mlflow server --artifacts-destination",
        }
    except OSError as error:
        return {"error": "away", "message": f"{type(error).__name__}: {error}"[:500]}


def _pointed(uri: str) -> dict[str, Any]:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository  # noqa: PLC0415

    repository = get_artifact_repository(uri)
    version = _version(repository)
    if version is None:
        raise Refused(f"{uri} names no version of a registered model; models:/name/version and models:/name@alias do")
    return {"name": str(repository.model_name), "version": version}


def _fetch(asked: dict[str, Any]) -> dict[str, Any]:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository  # noqa: PLC0415

    uri, folder = str(asked["uri"]), Path(asked["folder"])
    repository = get_artifact_repository(_resolved(uri))
    _check_place(_place(repository), asked)
    files = dict(_files(repository, "", asked["bytes"]))
    if _DOCUMENT not in files:
        raise Refused(f"{uri} is no model: it has no {_DOCUMENT} file")
    if files[_DOCUMENT] > _DOCUMENT_BYTES:
        raise Refused(f"the {_DOCUMENT} file of {uri} has {files[_DOCUMENT]} bytes, {_DOCUMENT_BYTES} are read")
    repository.download_artifacts(_DOCUMENT, str(folder))
    document = yaml.safe_load((folder / _DOCUMENT).read_text())
    flavour, section, artifact = _chosen(document, uri)
    wanted = [name for name in files if artifact.path in (".", name) or name.startswith(f"{artifact.path}/")]
    if not wanted:
        raise Refused(f"{uri} names the file {artifact.path!r}, which it does not have")
    for name in wanted:
        if name != _DOCUMENT:
            repository.download_artifacts(name, str(folder))
    root = folder.resolve()
    if any(not (folder / name).resolve().is_relative_to(root) for name in wanted):
        raise Refused(f"{uri} holds links that leave it")
    signature = _signature(document)
    return {
        "version": _version(repository),
        "flavour": flavour,
        "artifact": {"path": artifact.path, "loader": artifact.loader, "level": artifact.level},
        "section": section,
        "signature": signature,
        "digest": _digest(folder, sorted(wanted), json.dumps([flavour, section, signature], sort_keys=True)),
    }


def _resolved(uri: str) -> str:
    """Return the model a run logged under this name, where MLflow 3 keeps models beside runs; else the same."""
    named = _OF_RUN.fullmatch(uri)
    if named is None:
        return uri
    from mlflow import MlflowClient  # noqa: PLC0415 - heavy

    client, token = MlflowClient(), None
    experiment = client.get_run(named[1]).info.experiment_id
    while True:
        page = client.search_logged_models([experiment], filter_string=f"name = '{named[2]}'", page_token=token)
        found = next((model.model_id for model in page if model.source_run_id == named[1]), None)
        if found is not None:
            return f"models:/{found}"
        if not (token := page.token):
            return uri


def _place(repository: Any) -> str:
    """Where the files really are, behind registry and run."""
    while hasattr(repository, "repo"):
        repository = repository.repo
    return str(repository.artifact_uri)


def _check_place(place: str, asked: dict[str, Any]) -> None:
    parts, schemes = urlsplit(place), asked["schemes"]
    if parts.scheme in ("", "file"):
        path = Path(url2pathname(parts.path)).resolve()
        if not any(path.is_relative_to(Path(root).resolve()) for root in asked["local"]):
            raise Refused(
                "the model's files lie in a folder of this machine that is not among BELLWETHER_EXPLAIN__MODEL_FOLDERS"
            )
    elif "mlflow-artifacts" in schemes and _is_handed_out(place, asked["tracking"]):
        return
    elif parts.scheme not in schemes:
        raise Refused(
            f"the model's files lie at {parts.scheme}://, which is not among BELLWETHER_EXPLAIN__MODEL_SCHEMES:"
            f" {', '.join(schemes)}"
        )


def _is_handed_out(place: str, tracking: str) -> bool:
    """Whether the tracking server itself gives the files: MLflow makes its address of ``mlflow-artifacts:``."""
    parts, server = urlsplit(place), urlsplit(tracking)
    root = server.path.rstrip("/") + _HANDED_OUT
    return (parts.scheme, parts.netloc) == (server.scheme, server.netloc) and parts.path.startswith(root)


def _files(repository: Any, below: str, limit: int) -> Iterator[tuple[str, int]]:
    """Name and size of every file; raises ``Refused`` where they are too many or too large."""
    total, count, folders = 0, 0, [below]
    while folders:
        for info in repository.list_artifacts(folders.pop() or None) or ():
            name = PurePosixPath(info.path)
            if name.is_absolute() or ".." in name.parts:
                raise Refused(f"a file of the model is called {info.path[:100]!r}")
            if info.is_dir:
                folders.append(info.path)
                continue
            total, count = total + int(info.file_size or 0), count + 1
            if total > limit or count > _MOST_FILES:
                raise Refused(f"the model has more than {limit} bytes or {_MOST_FILES} files")
            yield info.path, int(info.file_size or 0)


def _chosen(document: Any, uri: str) -> tuple[str, dict[str, Any], Artifact]:
    flavours = document.get("flavors") if isinstance(document, dict) else None
    if not isinstance(flavours, dict):
        raise Refused(f"the {_DOCUMENT} file of {uri} lists no flavours")
    for flavour in FLAVOURS:
        section = flavours.get(flavour.slug)
        if isinstance(section, dict):
            artifact = flavour.find(section)
            path = PurePosixPath(artifact.path)
            if path.is_absolute() or ".." in path.parts:
                raise Refused(f"{uri} names a file outside of itself")
            plain = json.loads(json.dumps(section, default=str))
            return flavour.slug, plain, artifact
    known = ", ".join(flavour.slug for flavour in FLAVOURS)
    raise Refused(f"{uri} has the flavours {', '.join(map(str, flavours))[:200]}; known are {known}")


def _signature(document: dict[str, Any]) -> list[dict[str, Any]] | None:
    inputs = (document.get("signature") or {}).get("inputs")
    found = json.loads(inputs) if isinstance(inputs, str) else None
    columns = [c for c in found or [] if isinstance(c, dict) and isinstance(c.get("name"), str)]
    return columns or None


def _version(repository: Any) -> str | None:
    version = getattr(repository, "model_version", None)
    return None if version is None else str(version)


def _digest(folder: Path, names: list[str], said: str) -> str:
    digest = hashlib.sha256(said.encode())
    for name in names:
        if name == _DOCUMENT:
            continue  # it holds ids and times; what counts of it is in ``said``
        digest.update(f"\x00{name}\x00".encode())
        with (folder / name).open("rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
