"""Accepts references, batches and labels: decodes, validates, normalises and profiles what was pushed."""

__all__: list[str] = []
