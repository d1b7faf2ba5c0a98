"""Making and repairing database and containers; needs an identity that may do so, which services have not."""

from collections.abc import Iterable

from azure.cosmos import CosmosClient, DatabaseProxy, PartitionKey, ThroughputProperties
from azure.cosmos.exceptions import CosmosResourceExistsError, CosmosResourceNotFoundError

from bellwether.storage.collections import Collection
from bellwether.storage.cosmos.policy import EXPIRY_PER_DOCUMENT, PARTITION_KEY, differs, indexing_policy


def provision(client: CosmosClient, name: str, collections: Iterable[Collection], throughput: int | None) -> list[str]:
    """Make what is missing and repair changed policies; what was done, in words.

    ``throughput`` is the autoscale maximum all containers share, in request units a second; None on a serverless
    account, which refuses any.
    """
    done = []
    database = client.get_database_client(name)
    try:
        database.read()
    except CosmosResourceNotFoundError:
        offer = ThroughputProperties(auto_scale_max_throughput=throughput) if throughput else None
        try:
            client.create_database(name, offer_throughput=offer)
            done.append(f"created database {name}")
        except CosmosResourceExistsError:  # another process was faster
            pass
    return done + [action for coll in collections if (action := _provision(database, coll))]


def _provision(database: DatabaseProxy, coll: Collection) -> str | None:
    key, policy = PartitionKey(PARTITION_KEY), indexing_policy(coll)
    try:
        properties = database.get_container_client(coll.name).read()
    except CosmosResourceNotFoundError:
        try:
            database.create_container(coll.name, key, indexing_policy=policy, default_ttl=EXPIRY_PER_DOCUMENT)
        except CosmosResourceExistsError:
            return None
        return f"created container {coll.name}"
    if not differs(properties, coll):
        return None
    # Creating "if not exists" leaves a changed policy alone, so it is compared and replaced here.
    database.replace_container(coll.name, key, indexing_policy=policy, default_ttl=EXPIRY_PER_DOCUMENT)
    return f"repaired policies of container {coll.name}"
