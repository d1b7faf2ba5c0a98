"""Run the server as a process: ``python -m bellwether.testing.data_factory --port 8765 --data FILE``."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from bellwether.testing.data_factory.factory import Factory
from bellwether.testing.data_factory.sample import sample
from bellwether.testing.data_factory.server import DataFactoryServer


def main() -> None:
    """Parse the command line and serve until interrupted or terminated."""
    parser = argparse.ArgumentParser(prog="data_factory", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765, help="0 picks a free port")
    parser.add_argument("--data", type=Path, metavar="FILE", help="keep what is recorded in this file")
    parser.add_argument("--sample", type=int, metavar="RUNS", help="serve the sample factory with so many runs")
    args = parser.parse_args()
    factory = Factory(journal=args.data) if args.sample is None else sample(runs=args.sample)
    header = os.environ.get("BELLWETHER_TEST_IDENTITY_HEADER", "")
    server = DataFactoryServer(factory, args.host, args.port, header=header)
    if not args.host.startswith("127."):
        sys.stderr.write("warning: this is a test server, reachable from other machines\n")
    signal.signal(signal.SIGTERM, _interrupt)
    sys.stdout.write(f"listening on {server.url}\n")
    sys.stdout.flush()
    try:
        server.serve()
    except KeyboardInterrupt:
        server.stop()


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
