"""Small bodies that become large, deep or endless: refused with a reason, in bounded memory, by a host that goes on."""

import gzip
import io
import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bellwether.collector.decode.decoder import Decoder
from bellwether.errors import TooLarge, Unreadable
from tests.integration.collector.bodies import arrow, parquet
from tests.integration.collector.world import BOUNDS, MIB

OWN_BYTES = 96 * MIB
"""What a child has before it reads anything, rounded up."""


def constant(n: int) -> pa.Table:
    return pa.table({"x": pa.array(np.zeros(n, np.int64))})


def repeated_text(size: int, rows: int) -> bytes:
    """One text of the dictionary stands in every row; the footer counts it once."""
    codes = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), ["x" * size])
    return parquet(pa.table({"s": codes}), compression="zstd", write_statistics=False)


def declared(raw: bytes) -> int:
    footer = pq.ParquetFile(io.BytesIO(raw)).metadata
    return sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))


def zstd(data: bytes) -> bytes:
    return pa.compress(data, "zstd", asbytes=True)  # type: ignore[no-any-return]


def nested(levels: int) -> bytes:
    return b'[{"a":' + b"[" * levels + b"]" * levels + b"}]"


BOMBS = {
    "Parquet: 500 texts of 1 MB in one page of codes": ("parquet", None, repeated_text(10**6, 500), "/rows/0/s"),
    "Parquet: 100,000 allowed texts in one page of codes": ("parquet", None, repeated_text(60_000, 90_000), "/body"),
    "Parquet: runs": ("parquet", None, parquet(constant(5 * 10**6)), "/rows"),
    "Parquet: pages that declare their size": (
        "parquet",
        None,
        parquet(pa.table({f"x{i}": np.zeros(90_000) for i in range(200)}), compression="zstd", use_dictionary=False),
        "/body",
    ),
    "Arrow: compressed buffers": ("arrow", None, arrow(constant(40 * 10**6), "zstd"), "/body"),
    "Arrow: more rows than allowed": ("arrow", None, arrow(constant(10**6), "zstd"), "/rows"),
    "zstd: constants": ("csv", "zstd", zstd(b"x,y\n" + b"0," + b"0" * 110 * MIB), "/rows"),
    "gzip: constants": ("json", "gzip", gzip.compress(b" " * 110 * MIB, 1), "/body"),
    "gzip: around Parquet": ("parquet", "gzip", gzip.compress(b"PAR1" + bytes(110 * MIB), 1), "/body"),
    "zstd: around Parquet": ("parquet", "zstd", zstd(b"PAR1" + bytes(110 * MIB)), "/body"),
    "JSON: 100,000 levels": ("json", None, nested(100_000), "/rows/0"),
    "JSON: 900 levels": ("json", None, nested(900), "/rows/0/a"),
    "JSON: 21 levels": ("json", None, nested(19), "/rows/0/a"),
    "JSON: one array in another": ("json", None, b"[" * 10**6, "/rows/0"),
    "JSON: a text without end": ("ndjson", None, b'{"a":"' + b"x" * 20 * MIB, "/rows/0"),
    "JSON: a key of its own in every row": (
        "ndjson",
        None,
        b"\n".join(b'{"k%d":1}' % i for i in range(20_000)),
        "/columns",
    ),
    "CSV: a row without end": ("csv", None, b'a,b\n1,"' + b"x" * 20 * MIB, "/rows"),
    "CSV: a header without end": ("csv", None, b"a," * 10 * MIB, "/columns"),
    "CSV: a long cell": ("csv", None, b"a,b\n1,2\n3," + b"y" * 70_000 + b"\n", "/rows/1/b"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_bounded_memory(decoder: Decoder, tmp_path: Path, name: str) -> None:
    format, encoding, raw, pointer = BOMBS[name]
    body = tmp_path / "body"
    body.write_bytes(raw)
    host = decoder._host
    with pytest.raises((TooLarge, Unreadable)) as caught:
        decoder.decode(body, format, encoding)
    fault = caught.value.faults[0]
    assert fault.pointer == pointer, fault
    assert fault.value
    assert fault.limit
    assert fault.fix
    assert str(tmp_path) not in str(caught.value.faults)
    assert decoder._host is host or host is None
    assert decoder.last is not None
    assert decoder.last.peak_bytes < BOUNDS.memory_bytes + OWN_BYTES


def test_the_footer_does_not_show_what_codes_become() -> None:
    raw = repeated_text(10**6, 500)
    assert len(raw) < 1_000
    assert declared(raw) < 1.1 * 10**6


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" + "0" * 400, "9" * 5_000])
@pytest.mark.parametrize("format", ["json", "ndjson"])
def test_numbers_beyond_float64_are_refused(decoder: Decoder, tmp_path: Path, number: str, format: str) -> None:
    rows = f'{{"a":1,"b/c":2.5}}\n{{"a":2,"b/c":{number}}}'
    body = tmp_path / "body"
    body.write_text(f"[{rows.replace(chr(10), ',')}]" if format == "json" else rows)
    with pytest.raises(Unreadable) as caught:
        decoder.decode(body, format)
    fault = caught.value.faults[0]
    assert fault.pointer in ("/rows/1/b~1c", "/rows/1")
    assert "1.8e308" in fault.limit


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_what_json_does_not_know_is_refused(decoder: Decoder, tmp_path: Path, literal: str) -> None:
    body = tmp_path / "body"
    body.write_text(f'[{{"a":1}},{{"b":0,"a":{literal}}}]')
    with pytest.raises(Unreadable) as caught:
        decoder.decode(body, "json")
    fault = caught.value.faults[0]
    assert (fault.pointer, fault.value, fault.fix) == ("/rows/1/a", literal, "send null instead")


def test_what_is_said_of_a_name_can_be_stored(decoder: Decoder, tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_text('[{"a\\ud800":NaN}]')
    with pytest.raises(Unreadable) as caught:
        decoder.decode(body, "json")
    assert caught.value.faults[0].pointer == "/rows/0/a?"


BROKEN_JSON = {
    "a key twice": (b'[{"a":1},{"a":1,"b":2,"a":3}]', "/rows/1", "'a' twice"),
    "half a surrogate pair in a value": (b'[{"a":"x"},{"a":"\\ud800"}]', "/rows/1/a", "half a surrogate pair"),
    "half a surrogate pair in a key": (b'[{"a":"x","\\udc00":1}]', "/columns/1", "no UTF-8 text"),
    "bytes that are no UTF-8": (b'[{"a":"\xff"}]', "/body", "position 7"),
    "the end is missing": (b'[{"a":1},{"a":', "/rows/1", "the body ends inside this row"),
    "the bracket is missing": (b'[{"a":1},{"a":2}', "/rows/2", "the body ends"),
    "a comma too many": (b'[{"a":1},]', "/rows/1", "Expecting value"),
    "a comma too few": (b'[{"a":1}{"a":2}]', "/rows/1", '{"a":2}'),
    "single quotes": (b"[{'a':1}]", "/rows/0", "Expecting property name"),
    "a row that is a number": (b'[{"a":1},7]', "/rows/1", "7"),
    "an object instead of an array": (b'{"a":[1,2]}', "/body", "beginning"),
    "more after the array": (b'[{"a":1}] [2]', "/body", "after the array"),
}


@pytest.mark.parametrize("name", BROKEN_JSON)
def test_broken_json_is_refused_with_the_place(decoder: Decoder, tmp_path: Path, name: str) -> None:
    raw, pointer, value = BROKEN_JSON[name]
    body = tmp_path / "body"
    body.write_bytes(raw)
    with pytest.raises(Unreadable) as caught:
        decoder.decode(body, "json")
    fault = caught.value.faults[0]
    assert fault.pointer == pointer
    assert value in fault.value


def whole(format: str) -> bytes:
    table = pa.table({"x": np.arange(5_000.0), "s": ["text"] * 5_000})
    match format:
        case "parquet":
            return parquet(table)
        case "arrow":
            return arrow(table)
        case "gzip":
            return gzip.compress(arrow(table))
        case "zstd":
            return zstd(arrow(table))
        case _:
            rows = table.to_pylist()
            return (json.dumps(rows) if format == "json" else "\n".join(map(json.dumps, rows))).encode()


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
@pytest.mark.parametrize("format", ["parquet", "arrow", "gzip", "zstd", "json"])
def test_a_body_that_broke_off_is_unreadable(decoder: Decoder, tmp_path: Path, format: str, share: float) -> None:
    raw = whole(format)
    body = tmp_path / "body"
    body.write_bytes(raw[: int(share * len(raw))])
    encoding = format if format in ("gzip", "zstd") else None
    with pytest.raises(Unreadable) as caught:
        decoder.decode(body, "arrow" if encoding else format, encoding)
    fault = caught.value.faults[0]
    assert fault.pointer.startswith(("/body", "/rows"))
    assert fault.fix


@pytest.mark.parametrize("format", ["parquet", "arrow", "csv", "json", "ndjson"])
def test_noise_never_ends_the_host(decoder: Decoder, tmp_path: Path, format: str) -> None:
    rng = np.random.default_rng(5)
    good = whole(format) if format != "csv" else b"x,s\n" + b"1.5,text\n" * 5_000
    body = tmp_path / "body"
    body.write_bytes(good)
    decoder.decode(body, format)
    host = decoder._host
    for _ in range(25):
        raw = bytearray(good)
        for place in rng.integers(0, len(raw), rng.integers(1, 20)):
            raw[place] = rng.integers(0, 256)
        body.write_bytes(bytes(raw))
        with suppress(TooLarge, Unreadable):  # noise may well be readable; anything else is a defect
            decoder.decode(body, format)
    assert decoder._host is host
