"""Two real models on the flights of 2013: trained, registered, and their scored flights pushed day by day.

Importing the package loads no training library; ``run`` does, when there is something to train or to score.
"""

from bellwether.embedded.demo.run import run

__all__ = ["run"]
