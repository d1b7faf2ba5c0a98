"""How often rows repeat: as a Counter of the rows says, whatever the types and chunks."""

from collections import Counter

import numpy as np
import pyarrow as pa

from bellwether.collector.repeats import MOST, repeats
from bellwether.contracts import Column

COLUMNS = (
    Column(name="id", role="id", kind="categorical", dtype="string"),
    Column(name="x", role="feature", kind="numeric", dtype="double"),
    Column(name="n", role="feature", kind="numeric", dtype="int64"),
    Column(name="c", role="feature", kind="categorical", dtype="string"),
    Column(name="b", role="feature", kind="boolean", dtype="bool"),
    Column(name="due", role="feature", kind="datetime", dtype="timestamp[us]"),
    Column(name="said", role="feature", kind="text", dtype="string"),
    Column(name="label", role="label", kind="numeric", dtype="double"),
)


def piece(seed: int, rows: int, levels: str) -> pa.Table:
    g = np.random.default_rng(seed)
    gaps = g.random(rows) < 0.2
    level = pa.array(g.choice(list(levels), rows), mask=gaps)
    return pa.table(
        {
            "id": [f"{seed}-{k}" for k in range(rows)],
            "x": pa.array(g.choice([0.0, 1.5, -7.25], rows), mask=gaps),
            "n": pa.array(g.integers(2**60, 2**60 + 2, rows)),
            "c": level.dictionary_encode().cast(pa.dictionary(pa.int32(), pa.string())),
            "b": pa.array(g.random(rows) < 0.5, mask=gaps),
            "due": pa.array(g.integers(0, 2, rows), pa.timestamp("us")),
            "said": pa.array(g.choice(["no", "yes"], rows)),
            "label": g.random(rows),
        }
    )


def by_hand(table: pa.Table) -> tuple[tuple[int, int], ...]:
    rows = [tuple(row.values()) for row in table.drop_columns(["id", "label"]).to_pylist()]
    return tuple(sorted(Counter(Counter(rows).values()).items()))


def test_pieces_with_dictionaries_of_their_own_are_one_table() -> None:
    table = pa.concat_tables([piece(1, 300, "ab"), piece(2, 200, "cba"), piece(3, 100, "b")])
    found = repeats(table, COLUMNS)
    assert found == by_hand(table)
    assert len(found) > 2, "the example repeats nothing"
    assert sum(times * rows for times, rows in found) == 600


def test_missing_values_are_alike_and_so_are_zeros() -> None:
    numbers = pa.array([0.0, -0.0, None, float("nan"), 1.0], from_pandas=False)
    assert repeats(pa.table({"x": numbers}), COLUMNS[1:2]) == ((1, 1), (2, 2))
    assert repeats(pa.table({"c": ["", None, None, "a"]}), COLUMNS[3:4]) == ((1, 2), (2, 1))


def test_ids_times_and_labels_make_no_row_another() -> None:
    table = pa.concat_tables([piece(1, 50, "ab"), piece(1, 50, "ab")])
    new = pa.array([str(k) for k in range(100)])
    table = table.set_column(0, "id", new).set_column(7, "label", pa.array(np.arange(100.0)))
    assert all(times % 2 == 0 for times, _ in repeats(table, COLUMNS))


def test_nothing_to_compare_repeats_nothing() -> None:
    assert repeats(pa.table({"id": ["a", "a"]}), COLUMNS[:1]) == ()
    assert repeats(piece(1, 10, "a").slice(0, 0), COLUMNS) == ()


def test_many_frequencies_are_put_together_and_keep_the_rows() -> None:
    counts = np.arange(1, 300)
    table = pa.table({"n": np.repeat(counts, counts)})
    found = repeats(table, COLUMNS[2:3])
    assert len(found) == MOST
    assert sum(rows for _, rows in found) == counts.size
    assert abs(sum(times * rows for times, rows in found) / table.num_rows - 1) < 0.01
