"""A process that pushes batches with traces or without, and prints the processor seconds of one.

``python -m tests.bench.capacity.traced FOLDER [ENDPOINT RATIO]``
"""

import sys
import time
from pathlib import Path

from bellwether.storage.sqlite import SqliteStore
from bellwether.telemetry import logging, tracing
from tests.bench.capacity.inline import Product

WARM, COUNTED = 2, 12


def main(folder: str, endpoint: str | None = None, ratio: str = "1") -> None:
    """Run once: the provider of traces is one for the life of a process."""
    logging.start("bench", "WARNING")
    provider = tracing.start("bench", endpoint, float(ratio))
    path = Path(folder) / "store" / "documents.db"
    product = Product(Path(folder), lambda _: SqliteStore(path), 20, 500)
    for _ in range(WARM):
        product.push()
    began = time.process_time()
    for _ in range(COUNTED):
        product.push()
    spent = (time.process_time() - began) / COUNTED
    product.close()
    tracing.stop(provider)
    print(spent)


if __name__ == "__main__":
    main(*sys.argv[1:])
