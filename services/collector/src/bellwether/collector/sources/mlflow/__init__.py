"""MLflow tracking servers and Databricks workspaces, by the official client."""

__all__: list[str] = []
