"""The template for Azure App Service: closed, consistent, and in step with the code. It has not been deployed."""

import json
import re
from typing import Any

import jsonschema
import pytest

from bellwether.bus.routes import SERVICES
from bellwether.settings import PREFIX, Settings
from bellwether.storage.collections import COLLECTIONS, OWNERS
from tests.unit.deploy.manifests import DEPLOY

TEMPLATE: dict[str, Any] = json.loads((DEPLOY / "appservice" / "main.json").read_text(encoding="utf-8"))
SITE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["serverFarmId", "httpsOnly", "siteConfig"],
    "properties": {
        "serverFarmId": {"type": "string"},
        "httpsOnly": {"const": True},
        "clientAffinityEnabled": {"type": "boolean"},
        "keyVaultReferenceIdentity": {"type": "string"},
        "siteConfig": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "linuxFxVersion": {"type": "string"},
                "acrUseManagedIdentityCreds": {"type": "boolean"},
                "appCommandLine": {"type": "string"},
                "alwaysOn": {"type": "boolean"},
                "http20Enabled": {"type": "boolean"},
                "minTlsVersion": {"enum": ["1.2", "1.3"]},
                "ftpsState": {"enum": ["Disabled", "FtpsOnly"]},
                "healthCheckPath": {"type": "string"},
                "appSettings": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["name", "value"],
                        "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
                    },
                },
            },
        },
    },
}
"""The properties of Microsoft.Web/sites that are set, closed: Azure's own schema accepts any key."""


def of_type(kind: str) -> list[dict[str, Any]]:
    return [resource for resource in TEMPLATE["resources"] if resource["type"] == kind]


def test_a_site_sets_what_app_service_knows() -> None:
    [site] = of_type("Microsoft.Web/sites")
    jsonschema.validate(site["properties"], SITE)


@pytest.mark.parametrize("fault", [{"httpsOnly": "yes"}, {"alwaysOne": True}])
def test_a_planted_fault_is_refused(fault: dict[str, Any]) -> None:
    [site] = of_type("Microsoft.Web/sites")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**site["properties"], **fault}, SITE)


def test_every_service_is_a_site_of_its_own_and_workers_scale_apart_from_the_gateway() -> None:
    services = {service["name"]: service for service in TEMPLATE["variables"]["services"]}
    assert set(services) == {"gateway", "beat", *SERVICES}
    assert services["gateway"]["plan"] != services["drift"]["plan"]
    assert len(of_type("Microsoft.Web/serverfarms")) == 2
    [scaling] = of_type("Microsoft.Insights/autoscaleSettings")
    rules = scaling["properties"]["profiles"][0]["rules"]
    assert {rule["scaleAction"]["direction"] for rule in rules} == {"Increase", "Decrease"}


def test_the_containers_are_those_of_the_code() -> None:
    assert TEMPLATE["variables"]["containers"] == [
        {"name": collection.name, "indexed": ["pk", *collection.indexed]} for collection in COLLECTIONS
    ]


def test_a_service_may_write_what_it_owns() -> None:
    allowed = {(owner["container"], owner["service"]) for owner in TEMPLATE["variables"]["owners"]}
    assert allowed == {(container, service) for container, services in OWNERS.items() for service in services}


def test_what_is_set_is_a_setting_and_no_secret_stands_in_the_open() -> None:
    [site] = of_type("Microsoft.Web/sites")
    for setting in site["properties"]["siteConfig"]["appSettings"]:
        name = setting["name"]
        if name.startswith(PREFIX):
            part, _, rest = name.removeprefix(PREFIX).lower().partition("__")
            assert part in Settings.model_fields, name
            if rest:
                assert rest in Settings.model_fields[part].annotation.model_fields, name  # type: ignore[union-attr]
        if re.search(r"REDIS_URL|SECRET|KEY", name):
            assert "Microsoft.KeyVault" in setting["value"], name


def test_every_parameter_and_variable_that_is_used_exists_and_every_one_is_used() -> None:
    text = json.dumps(TEMPLATE["resources"]) + json.dumps(TEMPLATE["variables"]) + json.dumps(TEMPLATE["outputs"])
    for kind in ("parameters", "variables"):
        used = set(re.findall(rf"{kind}\('([A-Za-z]+)'\)", text))
        assert used == set(TEMPLATE[kind])
    assert text.count("(") == text.count(")")
