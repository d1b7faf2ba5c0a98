"""Run the server as a process: ``python -m bellwether.testing.data_factory --port 8765 --data FILE``."""

import argparse
import os
from pathlib import Path

from bellwether.testing.data_factory.factory import Factory
from bellwether.testing.data_factory.sample import sample
from bellwether.testing.data_factory.server import DataFactoryServer
from bellwether.testing.lifecycle import serve_until_interrupted


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
    serve_until_interrupted(server, args.host)


if __name__ == "__main__":
    main()
