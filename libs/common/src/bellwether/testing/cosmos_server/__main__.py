"""Run the server as a process: ``python -m bellwether.testing.cosmos_server --port 8081 --partitions 3``."""

import argparse
import os

from bellwether.testing.cosmos_server.server import DEFAULT_KEY, CosmosServer
from bellwether.testing.lifecycle import serve_until_interrupted


def main() -> None:
    """Parse the command line and serve until interrupted or terminated."""
    parser = argparse.ArgumentParser(prog="cosmos_server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081, help="0 picks a free port")
    parser.add_argument("--data", metavar="FILE", help="keep the documents in this SQLite file")
    parser.add_argument("--partitions", type=int, default=2, help="physical partitions")
    parser.add_argument("--throttle", action="store_true", help="enforce the provisioned RU/s")
    parser.add_argument("--cert", metavar="PEM", help="serve https with this certificate")
    parser.add_argument("--cert-key", metavar="PEM")
    args = parser.parse_args()
    if bool(args.cert) != bool(args.cert_key):
        parser.error("--cert and --cert-key belong together")
    server = CosmosServer(
        args.host,
        args.port,
        key=os.environ.get("BELLWETHER_TEST_COSMOS_KEY") or DEFAULT_KEY,
        path=args.data,
        partitions=args.partitions,
        tls=(args.cert, args.cert_key) if args.cert else None,
        throttle=args.throttle,
    )
    serve_until_interrupted(server, args.host)


if __name__ == "__main__":
    main()
