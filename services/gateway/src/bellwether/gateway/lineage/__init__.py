"""The provenance graph as the API answers it."""
