"""Columns are read without pandas, which no worker but explain has."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from bellwether.profile.columns import numbers

KINDS = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
KINDS += [pa.float16(), pa.float32(), pa.float64()]
WITHOUT = """
import sys

class Hidden:
    def find_spec(self, name, *_):
        if name.partition(".")[0] == "pandas":
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Hidden())
import numpy as np
import pyarrow as pa
from bellwether.contracts import Column
from bellwether.profile import fit, window

rows = pa.table({"x": np.arange(3000.0), "n": np.arange(3000), "c": ["a", "b", "c"] * 1000, "b": [True, None] * 1500})
kinds = {"x": "numeric", "n": "numeric", "c": "categorical", "b": "boolean"}
reference = fit(rows, [Column(name=name, role="feature", kind=kind, dtype="") for name, kind in kinds.items()])
print(window(rows, reference).rows)
"""


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_kind_of_number_is_read_as_it_is(kind: pa.DataType) -> None:
    values = np.array([0, 1, 2, 100], dtype=kind.to_pandas_dtype())
    found = numbers(pa.chunked_array([pa.array(values, kind)]))
    assert found is not None
    [block] = found.blocks()
    assert block.values.tolist() == [0.0, 1.0, 2.0, 100.0]


def test_a_profile_needs_no_pandas() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.strip() == "3000", done.stderr[-2000:]
