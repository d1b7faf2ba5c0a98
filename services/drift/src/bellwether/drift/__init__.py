"""Drift of batches against their reference: methods, verdicts, trend, and the worker that applies them."""
