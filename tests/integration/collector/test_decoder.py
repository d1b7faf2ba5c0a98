"""The decoder's processes: one warm host, one child a body, nothing left behind."""

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from bellwether.collector.decode.decoder import Decoder
from bellwether.collector.decode.formats import FORMATS
from bellwether.collector.decode.sink import plain_type
from bellwether.contracts import ROW_FORMATS
from bellwether.errors import BellwetherError, TooLarge
from tests.integration.collector.bodies import WRITERS, arrow, ndjson, parquet
from tests.integration.collector.world import BOUNDS

DEADLINE_S = 60.0

WORKER = """
import sys
from pathlib import Path
from bellwether.collector.decode.decoder import Decoder
from tests.integration.collector.world import BOUNDS
decoder = Decoder(BOUNDS)
decoder.decode(Path(sys.argv[1]), "ndjson")
print(decoder._host._process.pid, flush=True)
decoder.decode(Path(sys.argv[2]), "ndjson")
"""


def small() -> pa.Table:
    return pa.table({"x": [1.5, None, 2.5], "n": [1, 2, 3], "s": ["a", None, "b"], "b": [True, False, None]})


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, f"not so within {DEADLINE_S} s"
        time.sleep(0.01)


def host_of(decoder: Decoder) -> int:
    assert decoder._host is not None
    return decoder._host._process.pid


@pytest.fixture
def body(tmp_path: Path) -> Path:
    path = tmp_path / "body"
    path.write_bytes(parquet(small()))
    return path


def test_every_format_of_the_contract_has_a_reader() -> None:
    assert sorted(format.slug for format in FORMATS) == sorted(set(ROW_FORMATS.values()))


@pytest.mark.parametrize("format", ["parquet", "arrow", "json", "ndjson"])
def test_typed_formats_give_back_what_was_written(decoder: Decoder, tmp_path: Path, format: str) -> None:
    path = tmp_path / "body"
    path.write_bytes(WRITERS[format](small()))
    found = decoder.decode(path, format)
    assert found.table.to_pydict() == small().to_pydict()
    assert (found.rows, found.untyped) == (3, False)
    assert [column.name for column in found.columns] == ["x", "n", "s", "b"]


def test_csv_is_text_and_an_empty_cell_is_missing(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes('\N{BYTE ORDER MARK}x,"a ""b"", c",s\r\n1,,""\r\n01,NA,"two\nlines"\r\n'.encode())
    found = decoder.decode(path, "csv")
    assert found.untyped
    assert found.table.to_pydict() == {"x": ["1", "01"], 'a "b", c': [None, "NA"], "s": ["", "two\nlines"]}


@pytest.mark.parametrize("format", sorted(WRITERS))
def test_only_wanted_columns_come_back_but_all_are_named(decoder: Decoder, tmp_path: Path, format: str) -> None:
    path = tmp_path / "body"
    path.write_bytes(WRITERS[format](small()))
    some = decoder.decode(path, format, columns=["s", "not there", "x"])
    assert some.table.column_names == ["x", "s"]
    assert [column.name for column in some.columns] == ["x", "n", "s", "b"]
    none = decoder.decode(path, format, columns=["not there"])
    assert (none.table.column_names, none.rows) == ([], 3)


def test_columns_no_model_takes_are_named_and_left_out(decoder: Decoder, tmp_path: Path) -> None:
    table = pa.table({"list": [[1], [2]], "x": [1, 2], "struct": [{"a": 1}, None], "blob": [b"\xff", b""]})
    path = tmp_path / "body"
    path.write_bytes(arrow(table))
    found = decoder.decode(path, "arrow")
    assert found.table.to_pydict() == {"x": [1, 2]}
    assert [column.type for column in found.columns] == ["list<item: int64>", "int64", "struct<a: int64>", "binary"]


def test_codes_views_runs_and_extensions_become_plain(decoder: Decoder, tmp_path: Path) -> None:
    codes = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.int8()), pa.array([2.5, None]))
    table = pa.table(
        {
            "codes": codes,
            "holes": pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.int8()), pa.array(["a", None])),
            "view": pa.array(["a", "b", None], pa.string_view()),
            "large": pa.array(["a", "b", None], pa.large_string()),
            "runs": pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array(["a", "b"])),
            "half": pa.array(np.array([1, 2, 3], np.float16)),
            "bool8": pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0, None], pa.int8())),
        }
    )
    path = tmp_path / "body"
    path.write_bytes(arrow(table))
    found = decoder.decode(path, "arrow").table
    assert {field.type for field in found.schema} <= {plain_type(field.type) for field in table.schema}
    assert found.to_pydict() == {
        "codes": [2.5, None, 2.5],
        "holes": ["a", None, "a"],
        "view": ["a", "b", None],
        "large": ["a", "b", None],
        "runs": ["a", "a", "b"],
        "half": [1.0, 2.0, 3.0],
        "bool8": [1, 0, None],
    }


@pytest.mark.parametrize("format", ["arrow", "parquet"])
def test_a_made_up_zone_or_a_type_without_end_stays_with_the_decoder(
    decoder: Decoder, tmp_path: Path, format: str
) -> None:
    deep: pa.DataType = pa.int8()
    for _ in range(50):
        deep = pa.list_(deep)
    table = pa.table({"at": pa.array([0, None], pa.timestamp("us", "Not/" + "A" * 900)), "deep": pa.nulls(2, deep)})
    path = tmp_path / "body"
    path.write_bytes(WRITERS[format](table))
    found = decoder.decode(path, format)
    assert found.table.schema == pa.schema([("at", pa.timestamp("us", "UTC"))])
    assert [len(column.type) for column in found.columns] == [80, 80]


def test_bad_rows_of_csv_are_listed_with_their_place(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"a,b\n1,2\n3\n4,5,6\n" + b"7\n" * 200)
    with pytest.raises(BellwetherError, match="202 rows cannot be read") as caught:
        decoder.decode(path, "csv")
    faults = caught.value.faults
    assert (faults[0].pointer, faults[0].value) == ("/rows/1", "1 cells in line 3: '3'")
    assert (faults[1].pointer, faults[1].limit) == ("/rows/2", "2 cells, as in the header")
    assert (len(faults), faults[-1].value) == (101, "102 more rows like these")


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (b"", "/body"),
        (b"\n\n", "/body"),
        (b"a;b\n1;2\n", "/columns"),
        (b"a\tb\n1\t2\n", "/columns"),
        (b"a,b,a\n1,2,3\n", "/columns/a"),
        (b"a," + b"n" * 201 + b"\n1,2\n", "/columns/1"),
        (b"a,b\n1,\xff\n", "/rows/0/b"),
        (b"\xfe\xff\x00a", "/columns/0"),
    ],
)
def test_what_is_wrong_with_a_csv_has_a_place(decoder: Decoder, tmp_path: Path, raw: bytes, pointer: str) -> None:
    path = tmp_path / "body"
    path.write_bytes(raw)
    with pytest.raises(BellwetherError) as caught:
        decoder.decode(path, "csv")
    assert caught.value.faults[0].pointer == pointer


def test_two_thousand_columns_pass(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(parquet(pa.table({f"x{i}": np.zeros(20) for i in range(2_000)})))
    assert decoder.decode(path, "parquet").table.num_columns == 2_000


def test_too_many_columns_are_refused_by_the_footer(decoder: Decoder, tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(parquet(pa.table({f"x{i}": [0] for i in range(3_001)})))
    with pytest.raises(TooLarge) as caught:
        decoder.decode(path, "parquet")
    assert (caught.value.faults[0].pointer, caught.value.faults[0].value) == ("/columns", "3,001 columns")


def test_one_host_serves_body_after_body_and_keeps_nothing(decoder: Decoder, body: Path) -> None:
    decoder.decode(body, "parquet")
    host = host_of(decoder)
    opened = len(list(Path(f"/proc/{host}/fd").iterdir()))
    for _ in range(5):
        decoder.decode(body, "parquet")
    assert host_of(decoder) == host
    assert len(list(Path(f"/proc/{host}/fd").iterdir())) == opened
    assert children(host) == []


def test_a_host_that_was_killed_is_replaced(body: Path) -> None:
    decoder = Decoder(BOUNDS)
    decoder.decode(body, "parquet")
    first = host_of(decoder)
    os.kill(first, signal.SIGKILL)
    assert decoder.decode(body, "parquet").rows == 3
    assert host_of(decoder) != first
    decoder.close()
    until(lambda: not running(first))


def test_a_decoder_nobody_holds_ends_its_host(body: Path) -> None:
    decoder = Decoder(BOUNDS)
    decoder.decode(body, "parquet")
    host = host_of(decoder)
    del decoder
    gc.collect()
    until(lambda: not running(host))


def test_a_body_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(b'{"a":1}\n' * 90_000)
    decoder = Decoder(replace(BOUNDS, seconds=0.05))
    with pytest.raises(TooLarge) as caught:
        decoder.decode(path, "ndjson")
    assert caught.value.faults[0].value == "more than 0.05 s to decode"
    host = host_of(decoder)
    assert children(host) == []
    decoder.close()


def test_a_killed_worker_takes_host_and_child_with_it(tmp_path: Path) -> None:
    quick, slow = tmp_path / "quick", tmp_path / "slow"
    quick.write_bytes(ndjson(small()))
    slow.write_bytes(b'{"a":1,"b":"text","c":2.5}\n' * 3_000_000)  # seconds of work
    command = [sys.executable, "-c", WORKER, str(quick), str(slow)]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    host = int(worker.stdout.readline())
    until(lambda: children(host))
    (child,) = children(host)
    worker.kill()
    worker.wait()
    worker.stdout.close()
    until(lambda: not running(host) and not running(child))


def test_a_fork_of_the_worker_gets_a_host_of_its_own(decoder: Decoder, body: Path) -> None:
    decoder.decode(body, "parquet")
    host = host_of(decoder)
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            found = decoder.decode(body, "parquet").rows
            os.write(write, f"{found} {host_of(decoder)}".encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        rows, other = pipe.read().split()
    os.waitpid(pid, 0)
    assert (rows, int(other) != host) == ("3", True)
    assert decoder.decode(body, "parquet").rows == 3
    assert host_of(decoder) == host
    until(lambda: not running(int(other)))


def test_the_host_has_no_secrets_no_new_rights_and_no_network(body: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELLWETHER_COSMOS__KEY", "planted-secret")
    decoder = Decoder(BOUNDS)
    decoder.decode(body, "parquet")
    proc = Path(f"/proc/{host_of(decoder)}")
    assert b"planted-secret" not in (proc / "environ").read_bytes()
    assert "NoNewPrivs:\t1" in (proc / "status").read_text()
    if kernel_lets_go_of_the_network():
        interfaces = (proc / "net" / "dev").read_text().splitlines()[2:]
        assert [line.split(":")[0].strip() for line in interfaces] == ["lo"]
    decoder.close()


def kernel_lets_go_of_the_network() -> bool:
    probe = "import sys; from bellwether.collector.decode.confine import without_network as go; sys.exit(not go())"
    return subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


@pytest.mark.parametrize("format", ["arrow", "parquet"])
def test_dots_in_names_are_part_of_the_name(decoder: Decoder, tmp_path: Path, format: str) -> None:
    table = pa.table({"a.b": ["x", "y"], "a": [{"b": "inner"}, None], "c.": [1, 2], "c": ["p", "q"]})
    path = tmp_path / "body"
    path.write_bytes(WRITERS[format](table))
    found = decoder.decode(path, format, columns=["a.b", "c", "c."])
    assert found.table.to_pydict() == {"a.b": ["x", "y"], "c.": [1, 2], "c": ["p", "q"]}
