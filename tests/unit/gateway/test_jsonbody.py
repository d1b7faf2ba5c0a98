import pytest

from bellwether.errors import Unreadable
from bellwether.gateway.jsonbody import check

DEEP = 20


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"a": NaN}', "NaN"),
        (b'{"a": [Infinity]}', "Infinity"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "1.8e308"),
        (b'{"a": -1E+400}', "1.8e308"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"\\udfff": 1}', "surrogate"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"b": {"a": 1, "\\u0061": 2}}', "twice"),
        (b"[" * 21 + b"]" * 21, "deeper than 20"),
        (b"[" * 100_000, "deeper than 20"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "deeper than 20"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too long"),
        (b"\xff{}", "UTF-8"),
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"{'a': 1}", "no JSON"),
        (b'{"a": 1} {}', "no JSON"),
        (b'{"a": "\n"}', "no JSON"),
    ],
)
def test_what_readers_could_take_differently_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        check(body, DEEP)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[" * 20 + b"]" * 20,
        b'{"a": "' + b"[" * 500 + b'"}',
        b'{"a": "\\"[[[[[[[[[[[[[[[[[[[[[[[[[["}',
        b'{"a": "\\ud83d\\ude00"}',
        '{"a": "ü 😀 \\u0000"}'.encode(),
        b'{"a": 1e308, "b": 12345678901234567890}',
        b"1",
    ],
)
def test_what_everybody_reads_alike_passes(body: bytes) -> None:
    check(body, DEEP)


def test_messages_never_repeat_the_body() -> None:
    for body in (b'{"secret-name": 1, "secret-name": 2}', b'{"a": secret}', b'"secret'):
        with pytest.raises(Unreadable) as caught:
            check(body, DEEP)
        assert "secret" not in str(caught.value)
