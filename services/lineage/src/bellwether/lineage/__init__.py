"""The lineage service: one typed provenance graph for each model."""
