"""A text column in numbers: length, words, digits, characters beyond ASCII, unknown words, and groups of words.

Words are runs of letters and digits in lower case, known by their hash. They fall into ``GROUPS`` groups; each
row weighs one in all, whatever its length, so that rows remain the sample: words of one row are no independent
observations. Known words are the most frequent of every other reference row, and only the rest of
the reference is measured by them: measured on the rows they are from, no word would be unknown.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bellwether.profile.categories import CategoricalReference, CategoricalWindow, levels_of, window_of
from bellwether.profile.columns import Numbers
from bellwether.profile.derived import DerivedReference, DerivedWindow
from bellwether.profile.kernels.port import Block, Counts, Floats, Kernel
from bellwether.profile.numeric import NumericReference, NumericWindow, fit_numeric
from bellwether.profile.passes import count_numbers

NUMBERS = ("characters", "words", "digits", "non_ascii", "unknown_words")
"""Characters and words of a row; the others are shares of them, in [0, 1]."""
GROUPED = "word_groups"
GROUPS = 256
KNOWN_WORDS = 5_000
_CHUNK = 100_000


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of some rows: hash of each in order, shape (t,), row of each, and words per row, shape (rows,)."""

    hashes: Counts
    rows: Counts
    per_row: Counts


@dataclass(frozen=True, slots=True)
class _Measured:
    """Numbers per row, NaN where there is none, shape (rows,) each, and rows per group of words, shape (GROUPS,)."""

    numbers: Mapping[str, Floats]
    groups: Floats
    wordless: int
    missing: int


def is_text(kind: pa.DataType) -> bool:
    """Whether a type holds text, plain or as codes."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind))


def fit_text(column: pa.ChunkedArray) -> DerivedReference:
    """Return the reference of a text column."""
    known = _vocabulary(column)
    found = _measure(column, known)
    numbers = {name: values[1::2] if name == "unknown_words" else values for name, values in found.numbers.items()}
    parts: dict[str, NumericReference | CategoricalReference] = {
        name: fit_numeric([Block(np.ascontiguousarray(values))]) for name, values in numbers.items()
    }
    parts[GROUPED] = levels_of(_groups(found), found.wordless)
    return DerivedReference(parts, found.missing, len(column), words=known, of_text=True)


def count_text(column: pa.ChunkedArray, reference: DerivedReference, kernel: Kernel) -> DerivedWindow:
    """Return the window of a text column."""
    found = _measure(column, reference.words)
    parts: dict[str, NumericWindow | CategoricalWindow] = {}
    for name, part in reference.parts.items():
        match part:
            case NumericReference():
                parts[name] = count_numbers(Numbers((pa.array(found.numbers[name]),)), part, kernel)
            case CategoricalReference():
                parts[name] = window_of(_groups(found), found.wordless, part)
    return DerivedWindow(parts, found.missing, len(column))


def _groups(found: _Measured) -> dict[str, int]:
    """Rows per group, to the nearest whole one."""
    return {f"group {place}": int(rows) for place, rows in enumerate(np.rint(found.groups)) if rows}


def _vocabulary(column: pa.ChunkedArray) -> Counts:
    """Hashes of the most frequent words of every other row, sorted."""
    kept = [np.empty(0, dtype=np.int64)]
    for start, chunk in _chunks(column):
        words = _words(chunk)
        kept.append(words.hashes[(words.rows + start) % 2 == 0])
    hashes, counts = np.unique(np.concatenate(kept), return_counts=True)
    return np.sort(hashes[np.argsort(-counts, kind="stable")[:KNOWN_WORDS]])


def _measure(column: pa.ChunkedArray, known: Counts) -> _Measured:
    pieces: dict[str, list[Floats]] = {name: [np.empty(0)] for name in NUMBERS}
    groups = np.zeros(GROUPS)
    wordless = missing = 0
    for _, chunk in _chunks(column):
        words = _words(chunk)
        valid = chunk.is_valid().to_numpy(zero_copy_only=False)
        characters = _number(pc.utf8_length(chunk))
        pieces["characters"].append(characters)
        pieces["words"].append(np.where(valid, words.per_row, np.nan))
        for name, pattern in (("digits", "[0-9]"), ("non_ascii", r"[^\x00-\x7F]")):
            pieces[name].append(_share(_number(pc.count_substring_regex(chunk, pattern)), characters))
        unknown = np.bincount(words.rows[~_within(words.hashes, known)], minlength=len(chunk))
        pieces["unknown_words"].append(_share(np.where(valid, unknown, np.nan), words.per_row.astype(np.float64)))
        groups += _grouped(words)
        wordless += int((words.per_row == 0).sum())
        missing += chunk.null_count
    return _Measured({name: np.concatenate(some) for name, some in pieces.items()}, groups, wordless, missing)


def _chunks(column: pa.ChunkedArray) -> Iterator[tuple[int, pa.Array]]:
    """Pieces of a column as plain text, with the row each begins at."""
    start = 0
    for chunk in column.chunks:
        for begin in range(0, len(chunk), _CHUNK):
            piece = chunk.slice(begin, _CHUNK)
            yield start + begin, piece.cast(pa.string())
        start += len(chunk)


def _words(chunk: pa.Array) -> _Words:
    spaced = pc.replace_substring_regex(pc.utf8_lower(chunk), r"[^\p{L}\p{N}]+", " ")
    lists = pc.split_pattern(pc.utf8_trim_whitespace(spaced), " ")
    encoded = lists.flatten().dictionary_encode()
    hashes = np.array([zlib.crc32(word.encode()) if word else -1 for word in encoded.dictionary.to_pylist()], np.int64)
    lengths = _number(pc.list_value_length(lists))
    rows = np.repeat(np.arange(len(chunk)), np.nan_to_num(lengths).astype(np.int64))
    found = hashes[encoded.indices.to_numpy(zero_copy_only=False)] if len(encoded) else np.empty(0, np.int64)
    there = found >= 0  # a row without words splits into one empty word
    per_row = np.bincount(rows[there], minlength=len(chunk))
    return _Words(found[there], rows[there], per_row)


def _grouped(words: _Words) -> Floats:
    """Rows per group: the words of a row share one row between them."""
    mixed = (words.hashes ^ (words.hashes >> 15)) * 0x9E3779B1
    weights = 1.0 / words.per_row[words.rows]
    return np.bincount((mixed >> 16) % GROUPS, weights=weights, minlength=GROUPS).astype(np.float64)


def _within(hashes: Counts, known: Counts) -> NDArray[np.bool_]:
    if not known.size:
        return np.zeros(hashes.size, dtype=np.bool_)
    place = np.minimum(np.searchsorted(known, hashes), known.size - 1)
    return np.asarray(known[place] == hashes)


def _number(array: pa.Array) -> Floats:
    """Whole numbers as float64, NaN where missing."""
    return np.asarray(array.cast(pa.float64()).to_numpy(zero_copy_only=False))


def _share(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(part.size, np.nan), where=whole > 0))
