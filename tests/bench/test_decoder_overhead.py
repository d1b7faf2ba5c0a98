"""What a warm decoder costs besides the decoding: CPU of worker, host and child over a body of one row.

CPU, not the clock: other work on the machine must not decide.
"""

import time
from pathlib import Path

import psutil
import pyarrow as pa
import pytest

from bellwether.collector.decode.decoder import Decoder
from tests.integration.collector.bodies import parquet
from tests.integration.collector.world import BOUNDS

pytestmark = pytest.mark.bench
BODIES = 40
MOST_S = 0.030


def test_a_warm_decoder_costs_little_besides_the_decoding(tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_bytes(parquet(pa.table({"x": [1.5]})))
    decoder = Decoder(BOUNDS)
    decoder.decode(body, "parquet")
    assert decoder._host is not None
    host = psutil.Process(decoder._host._process.pid)

    def spent() -> float:
        times = host.cpu_times()
        return float(time.process_time() + sum(times[:4]))  # the host's own, and those of its ended children

    before = spent()
    for _ in range(BODIES):
        decoder.decode(body, "parquet")
    each = (spent() - before) / BODIES
    decoder.close()
    assert each < MOST_S, f"{1000 * each:.1f} ms a body"
