"""Azure Data Factory, by the real SDK."""

__all__: list[str] = []
