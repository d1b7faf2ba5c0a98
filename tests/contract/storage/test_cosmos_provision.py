"""Making and repairing database and containers, from the one table of containers."""

from azure.cosmos import CosmosClient

from bellwether.settings import Settings
from bellwether.storage.collections import COLLECTIONS, RUNS, Collection
from bellwether.storage.cosmos import CosmosStore, indexing_policy
from bellwether.storage.factory import provision
from bellwether.testing.cosmos_server import CosmosServer
from tests.contract.storage.engines import DATABASE, account, doc


def test_the_command_makes_every_container_once(server: CosmosServer) -> None:
    settings = Settings(store_url=f"cosmos+{server.url}", cosmos={"key": server.key})
    assert provision(settings) == [
        f"created database {DATABASE}",
        *(f"created container {coll.name}" for coll in COLLECTIONS),
    ]
    assert provision(settings) == []


def test_a_changed_index_policy_is_repaired_and_documents_stay(server: CosmosServer) -> None:
    old = CosmosStore(account(server), [Collection(RUNS.name, ("something",))], provisioned=False)
    old.put(RUNS, doc("a"))
    store = CosmosStore(account(server), [RUNS])
    assert store.provision() == [f"repaired policies of container {RUNS.name}"]
    assert store.provision() == []
    assert store.get(RUNS, "m1", "a") is not None
    with CosmosClient(server.url, server.key) as client:
        properties = client.get_database_client(DATABASE).get_container_client(RUNS.name).read()
    assert properties["indexingPolicy"]["includedPaths"] == indexing_policy(RUNS)["includedPaths"]
    assert properties["defaultTtl"] == -1


def test_a_container_that_forgot_expiry_is_repaired(server: CosmosServer) -> None:
    store = CosmosStore(account(server), [RUNS])
    store.provision()
    with CosmosClient(server.url, server.key) as client:
        database = client.get_database_client(DATABASE)
        database.replace_container(RUNS.name, {"paths": ["/pk"], "kind": "Hash"}, indexing_policy(RUNS))
    assert store.provision() == [f"repaired policies of container {RUNS.name}"]
