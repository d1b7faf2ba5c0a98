"""The document store: port, containers and engines."""
