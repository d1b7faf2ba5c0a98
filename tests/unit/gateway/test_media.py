import pytest

from bellwether.errors import Unreadable
from bellwether.gateway.media import check_magic

PARQUET, ARROW = "application/vnd.apache.parquet", "application/vnd.apache.arrow.stream"
BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    ("media", "encoding", "head", "tail", "words"),
    [
        (PARQUET, None, b"a,b\n", b"1,2\n", "begin with PAR1"),
        (PARQUET, None, b"PAR1\x15\x04", b"\x00\x00\x01\x02", "cut short"),
        (PARQUET, None, b"PARE\x15\x04", b"PARE", "begin with PAR1"),
        (ARROW, None, b"ARROW1\0\0", b"ROW1", "Arrow file"),
        (ARROW, None, b"PAR1", b"PAR1", "ff ff ff ff"),
        ("text/csv", None, b"PAR1\x15", b"PAR1", "CSV"),
        ("text/csv", None, b"\x1f\x8b\x08", b"1234", "CSV"),
        ("text/csv", None, b"a\0,b", b"1234", "CSV"),
        ("application/json", None, b'{"a": 1}', b": 1}", "JSON rows"),
        ("application/x-ndjson", None, b"[{", b"}]]]", "NDJSON"),
        ("text/csv", "gzip", b"a,b\n", b"1,2\n", "gzip"),
        ("text/csv", "zstd", b"\x1f\x8b", b"1234", "zstd"),
    ],
)
def test_a_body_that_cannot_be_what_it_says_is_refused(
    media: str, encoding: str | None, head: bytes, tail: bytes, words: str
) -> None:
    with pytest.raises(Unreadable, match=words) as caught:
        check_magic(media, encoding, head, tail)
    assert caught.value.faults[0].fix


@pytest.mark.parametrize(
    ("media", "encoding", "head", "tail"),
    [
        (PARQUET, None, b"PAR1\x15\x04", b"PAR1"),
        (ARROW, None, b"\xff\xff\xff\xff\x10", b"\0\0\0\0"),
        ("text/csv", None, BOM + b"a,b\n", b"1,2\n"),
        ("text/csv", None, "größe,ß\n".encode(), b"1,2\n"),
        ("application/json", None, BOM + b" \n\t[", b"}]\n\n"),
        ("application/json", None, b" " * 64, b"    "),
        ("application/jsonl", None, b"\n{", b"}}}}"),
        ("text/csv", "gzip", b"\x1f\x8b\x08", b"1234"),
        (PARQUET, "zstd", b"\x28\xb5\x2f\xfd", b"1234"),
    ],
)
def test_a_body_that_may_be_what_it_says_passes(media: str, encoding: str | None, head: bytes, tail: bytes) -> None:
    check_magic(media, encoding, head, tail)
