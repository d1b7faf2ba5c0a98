"""A wire-level Cosmos DB for NoSQL server (gateway mode) for tests; it protects and promises nothing.

It serves the part of the REST protocol that the product uses to the real SDK, and is strict where the service is
strict: what the SDK cannot do against several physical partitions fails here with the same status. When a test
fails against a real account, this server is wrong: mend it here, and never make it more lenient to pass a test.

    with CosmosServer(partitions=3) as server:
        client = CosmosClient(server.url, server.key)

Not modelled: ``Prefer: return=minimal``, stored procedures, the change feed of all versions, deletion by partition
key, date functions, partition splits. Charges are crude constants.
"""

from bellwether.testing.cosmos_server.faults import InjectedFault
from bellwether.testing.cosmos_server.replies import HttpError
from bellwether.testing.cosmos_server.server import DEFAULT_KEY, CosmosServer

__all__ = ["DEFAULT_KEY", "CosmosServer", "HttpError", "InjectedFault"]
