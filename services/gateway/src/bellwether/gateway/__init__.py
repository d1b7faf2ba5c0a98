"""The one HTTP door: takes rows in, gives results out; reads and stores, never computes statistics."""

__all__: list[str] = []
