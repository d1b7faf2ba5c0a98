"""Rows as a body: a frame, an Arrow table, a list of rows, files. Nothing heavy is loaded before it is needed."""

import glob
import importlib
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bellwether.errors import Fault, InvalidInput, NotFound

PARQUET = "application/vnd.apache.parquet"
MEDIA = {
    ".parquet": PARQUET,
    ".arrow": "application/vnd.apache.arrow.stream",
    ".csv": "text/csv",
    ".json": "application/json",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
}
"""Ending of a file to the media type it is sent as."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent: a file to read from its begin, its media type, and its columns where they are cheap to know."""

    file: io.BufferedIOBase
    media: str
    columns: tuple[str, ...] | None = None


@contextmanager
def opened(rows: Any) -> Iterator[Body]:
    """Yield rows as a body: a path or pattern of files, dictionaries, or anything with the Arrow C stream interface.

    pandas, polars and pyarrow have that interface; they are turned into Parquet, for which pyarrow is needed.
    Several files are sent as one body. Raises ``InvalidInput`` on anything else, ``NotFound`` when no file fits.
    """
    if isinstance(rows, str | Path):
        paths = _paths(rows)
        if len(paths) > 1:
            dataset = _library("pyarrow.dataset")
            yield _parquet(dataset.dataset([str(path) for path in paths]).to_table())
            return
        with paths[0].open("rb") as file:
            yield Body(file, _media(paths[0]))
    elif hasattr(rows, "__arrow_c_stream__"):
        yield _parquet(_library("pyarrow").table(rows))
    elif isinstance(rows, Sequence) and all(isinstance(row, dict) for row in rows):
        # NaN is no JSON: the server takes null for a missing value, and says so of anything else.
        text = "\n".join(json.dumps(row, default=str) for row in rows)
        columns = tuple(dict.fromkeys(name for row in rows for name in row))
        yield Body(io.BytesIO(text.encode()), MEDIA[".ndjson"], columns)
    else:
        fault = Fault("rows", type(rows).__name__, "a frame, an Arrow table, a list of dicts, a path", "convert it")
        raise InvalidInput(f"rows of type {type(rows).__name__} cannot be sent", [fault])


def _paths(named: str | Path) -> list[Path]:
    text = str(named)
    found = [Path(path) for path in sorted(glob.glob(text))] if glob.has_magic(text) else [Path(text)]  # noqa: PTH207
    found = [path for path in found if path.is_file()]
    if not found:
        raise NotFound(f"there is no file {text}")
    return found


def _media(path: Path) -> str:
    media = MEDIA.get(path.suffix.lower())
    if media is None:
        fault = Fault(str(path), path.suffix or "no ending", ", ".join(MEDIA), "convert it, or name it as what it is")
        raise InvalidInput(f"the format of {path} is not known", [fault])
    return media


def _parquet(table: Any) -> Body:
    file = io.BytesIO()
    # The same rows give the same bytes, hence the same batch: the index of a frame is no column of the model.
    names = [name for name in table.column_names if not name.startswith("__index_level_")]
    _library("pyarrow.parquet").write_table(table.select(names).replace_schema_metadata(None), file, compression="zstd")
    file.seek(0)
    return Body(file, PARQUET, tuple(names))


def _library(name: str) -> Any:
    """Load what turns frames into bytes; files need none of it."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise NotFound("sending frames needs pyarrow: pip install pyarrow; files can be sent without it") from error
