"""Explains predictions: what a model looks at, why one decision fell as it did, and whether that changed."""

__all__: list[str] = []
