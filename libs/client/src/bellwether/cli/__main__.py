"""``python -m bellwether.cli``."""

import sys

from bellwether.cli.main import main

sys.exit(main())
