"""Decoding of pushed bodies in processes that may die. Imports nothing: the host confines itself before pyarrow."""

__all__: list[str] = []
