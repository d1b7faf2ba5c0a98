"""A real local Spark gives the profile of one pass, exact distances included."""

import base64
import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bellwether.contracts import Column, Kind
from bellwether.profile import (
    CategoricalWindow,
    DerivedWindow,
    NumericWindow,
    WindowPart,
    WindowProfile,
    fit,
    window,
)
from tests.lanes import lane

ROOT = Path(__file__).parents[3]
KINDS: dict[str, Kind] = {
    "x": "numeric", "k": "numeric", "c": "categorical", "b": "boolean", "t": "text", "d": "datetime",
}  # fmt: skip


def table(g: np.random.Generator, rows: int, shift: float) -> pa.Table:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return pa.table(
        {
            "x": pa.array(g.lognormal(shift, 1, rows), mask=g.random(rows) < 0.05),
            "k": pa.array(g.poisson(3 + shift, rows)),
            "c": pa.array(g.choice(list("abcdef"), rows), mask=g.random(rows) < 0.1),
            "b": pa.array(g.random(rows) < 0.3),
            "t": pa.array([f"some text {i}" for i in g.integers(0, 30, rows)]),
            "d": pa.array([start + timedelta(minutes=int(m)) for m in g.integers(0, 30_000, rows)]),
        }
    )


@pytest.mark.lane("spark")
def test_a_data_frame_on_spark_has_the_profile_of_one_pass(tmp_path: Path) -> None:
    g = np.random.default_rng(1)
    reference = fit(table(g, 5_000, 0.0), [Column(name=n, role="feature", kind=k, dtype="") for n, k in KINDS.items()])
    rows = table(g, 7_000, 0.1)
    (tmp_path / "reference").write_bytes(reference.to_bytes())
    pq.write_table(rows, tmp_path / "rows.parquet")
    made = subprocess.run(
        [ROOT / "scripts" / "lane", "spark"], capture_output=True, text=True, timeout=600, check=False
    )
    assert made.returncode == 0, made.stderr
    java = lane("spark").find()
    assert java is not None
    script = Path(__file__).with_name("on_spark.py")
    done = subprocess.run(
        [made.stdout.strip(), script, tmp_path / "reference", tmp_path / "rows.parquet"],
        env={
            "PATH": f"{Path(java).parent}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": made.stdout.strip(),
            "PYTHONPATH": os.pathsep.join(str(ROOT / "libs" / name / "src") for name in ("common", "profile")),
            "NUMBA_CACHE_DIR": str(tmp_path / "numba"),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    empty, exact, bounded = json.loads(done.stdout.strip().splitlines()[-1])
    assert "no rows" in empty
    whole = window(rows, reference)
    found, loose = (WindowProfile.from_bytes(base64.b64decode(text)) for text in (exact, bounded))
    assert (found.reference, found.rows, found.new_columns) == (reference.digest, 7_000, ())
    for name, part in whole.parts.items():
        same(part, found.parts[name], exact=True)
        same(part, loose.parts[name], exact=False)


def same(one: WindowPart, two: WindowPart, *, exact: bool) -> None:
    """Equal counts; exact distances where they are asked for, none elsewhere."""
    match one, two:
        case NumericWindow(), NumericWindow():
            assert np.array_equal(one.counts, two.counts)
            assert (one.missing, one.smallest, one.largest) == (two.missing, two.smallest, two.largest)
            if not exact:
                assert two.exact is None
                return
            assert one.exact is not None
            assert two.exact is not None
            assert two.exact.ks == one.exact.ks
            assert two.exact.wasserstein == pytest.approx(one.exact.wasserstein, rel=1e-12)
        case CategoricalWindow(), CategoricalWindow():
            assert np.array_equal(one.counts, two.counts)
            assert one.missing == two.missing
        case DerivedWindow(), DerivedWindow():
            assert (one.rows, one.missing, one.span) == (two.rows, two.missing, two.span)
            for name, part in one.parts.items():
                if name != "word_groups":  # rounded to whole rows in each partition
                    assert np.array_equal(part.counts, two.parts[name].counts)
        case _:
            raise AssertionError((one, two))
