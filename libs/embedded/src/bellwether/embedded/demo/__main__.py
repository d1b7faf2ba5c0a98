"""``python -m bellwether.embedded.demo``: the demo against the topology that runs in BELLWETHER_HOME."""

import sys

from bellwether.embedded.demo.run import run
from bellwether.embedded.home import factory_of, read_run
from bellwether.errors import BellwetherError
from bellwether.settings import load


def main() -> int:
    """Run the demo; the exit status."""
    home = load().home
    try:
        topology = read_run(home)
        run(home, topology["url"], topology["key"], topology["mlflow_url"], factory=factory_of(topology))
    except BellwetherError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        print("stopped; the next start goes on from here", file=sys.stderr)  # noqa: T201
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
