"""The Azure Cosmos DB engine, over the synchronous client of the official SDK."""

from bellwether.storage.cosmos.client import Account
from bellwether.storage.cosmos.patience import Patience
from bellwether.storage.cosmos.policy import indexing_policy
from bellwether.storage.cosmos.store import CosmosStore

__all__ = ["Account", "CosmosStore", "Patience", "indexing_policy"]
