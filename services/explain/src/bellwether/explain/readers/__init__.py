"""Reading fitted models into the neutral form of ``trees.ensemble``. Numpy only; no model library is imported.

A reader takes what a library wrote or holds and returns one ``Ensemble`` per output, or raises ``Unsupported``. What it
read is never trusted before base value plus contributions equals the model's own answer, row by row.
"""

__all__: list[str] = []
