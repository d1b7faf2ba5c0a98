"""The import contracts are kept, and each is broken by the import it is there to forbid."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.application.use_cases import _register_contract_types, read_user_options
from importlinter.domain.contract import registry

CONFIGURATION = str(Path(__file__).parents[3] / "pyproject.toml")
CONTRACTS: dict[str, dict[str, Any]] = {
    options["id"]: options for options in read_configuration(CONFIGURATION)["contracts_options"]
}
FORBIDDEN = [
    ("layers", "bellwether.drift.analysis", "bellwether.explain.handlers"),
    ("layers", "bellwether.bus.work", "bellwether.drift.handlers"),
    ("layers", "bellwether.contracts.models", "bellwether.settings"),
    ("layers", "bellwether.gateway.app", "bellwether.embedded.topology"),
    ("layers", "bellwether.cli.main", "bellwether.embedded.up"),
    ("client", "bellwether.client.api", "bellwether.bus.port"),
    ("client", "bellwether.cli.main", "bellwether.gateway.keys"),
    ("pure", "bellwether.drift.methods.psi", "os"),
    ("pure", "bellwether.drift.analysis", "bellwether.storage.port"),
    ("pure", "bellwether.contracts.models", "time"),
    ("pure", "bellwether.explain.summary", "random"),
    ("pure", "bellwether.lineage.extract", "logging"),
    ("pure", "bellwether.embedded.topology", "subprocess"),
    ("workers", "bellwether.drift.methods.psi", "bellwether.drift.handlers"),
    ("workers", "bellwether.lineage.extract", "bellwether.lineage.handlers"),
    ("workers", "bellwether.collector.handlers", "bellwether.collector.tasks"),
    ("adapters", "bellwether.gateway.app", "bellwether.storage.sqlite"),
    ("adapters", "bellwether.drift.handlers", "bellwether.storage.cosmos.client"),
    ("adapters-objects", "bellwether.drift.handlers", "bellwether.objects.blobs"),
    ("vendors-obstore", "bellwether.collector.handlers", "obstore"),
    ("celery", "bellwether.drift.handlers", "bellwether.bus.celery"),
    ("celery", "bellwether.gateway.app", "bellwether.bus.worker"),
    ("vendors-celery", "bellwether.gateway.app", "celery"),
    ("vendors-azure", "bellwether.gateway.app", "azure"),
    ("vendors-prometheus", "bellwether.drift.handlers", "prometheus_client"),
    ("vendors-web", "bellwether.collector.handlers", "fastapi"),
    ("acyclic", "bellwether.errors", "bellwether.contracts.models"),
]
"""Contract, importer, imported: an import the contract must catch."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    _register_contract_types(read_user_options(CONFIGURATION))
    return grimp.build_graph("bellwether", include_external_packages=True)


def kept(id: str, graph: grimp.ImportGraph) -> bool:
    options = CONTRACTS[id]
    session = {"root_packages": ["bellwether"], "include_external_packages": "True"}
    contract = registry.get_contract_class(options["type"])(
        name=options["name"], session_options=session, contract_options=options
    )
    return bool(contract.check(deepcopy(graph), verbose=False).kept)


@pytest.mark.parametrize("id", sorted(CONTRACTS))
def test_every_contract_is_kept(id: str, graph: grimp.ImportGraph) -> None:
    assert kept(id, graph)


@pytest.mark.parametrize(("id", "importer", "imported"), FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(
    id: str, importer: str, imported: str, graph: grimp.ImportGraph
) -> None:
    planted = deepcopy(graph)
    assert importer in planted.modules, "the example is out of date"
    assert imported in planted.modules or "." not in imported, "the example is out of date"
    if imported not in planted.modules:
        planted.add_module(imported, is_squashed=True)
    planted.add_import(importer=importer, imported=imported)
    assert not kept(id, planted)


def test_every_contract_has_an_example() -> None:
    assert {id for id, _, _ in FORBIDDEN} == set(CONTRACTS)
