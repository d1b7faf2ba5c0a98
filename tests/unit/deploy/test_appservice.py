"""The template for Azure App Service, evaluated: closed, whole, and in step with the code. It has not been deployed."""

import copy
import json
import re
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any, get_args

import pytest
from pydantic import SecretStr

from bellwether.bus.celery import make_celery
from bellwether.bus.routes import SERVICES
from bellwether.settings import PREFIX, Settings
from bellwether.storage.collections import COLLECTIONS, OWNERS
from bellwether.storage.cosmos.policy import PARTITION_KEY, differs
from tests.unit.deploy.arm import Later, Template
from tests.unit.deploy.arm_kinds import NAMES, faults
from tests.unit.deploy.manifests import COMPONENTS, DEPLOY, documents

SOURCE: dict[str, Any] = json.loads((DEPLOY / "appservice" / "main.json").read_text(encoding="utf-8"))
LEAST: dict[str, Any] = {"name": "watch", "imagePrefix": "registry.example/bellwether", "gatewaySecret": "s" * 32}
GIVEN: dict[str, dict[str, Any]] = {
    "least": LEAST,
    "longest": {**LEAST, "name": "abcdefghijklmno0", "location": "germanywestcentral", "workersMost": 30},
    "all": {
        **LEAST,
        "name": "w-1",
        "mlflowUrl": "https://mlflow.example",
        "otlpEndpoint": "https://otlp.example",
        "publicUrl": "https://watch.example",
        "gatewayMost": 2,
        "explainMost": 1,
    },
}
WRITES, READS = ("00000000-0000-0000-0000-00000000000" + each for each in "21")
Resources = dict[str, dict[str, Any]]


def deployed(given: dict[str, Any] = LEAST, source: dict[str, Any] = SOURCE) -> Resources:
    """Every resource by its id, as text where only Azure knows."""
    found = list(Template(source, given).resources())
    assert len({each["id"] for each in found}) == len(found), "two resources have one name"
    text = json.dumps(found, default=lambda it: str(it) if isinstance(it, Later) else it)
    return {each["id"]: each for each in json.loads(text)}


def of_type(kind: str, there: Resources) -> Iterator[dict[str, Any]]:
    return (each for each in there.values() if each["type"] == kind)


def settings(site: dict[str, Any]) -> dict[str, str]:
    listed = site["properties"]["siteConfig"]["appSettings"]
    found = {each["name"]: each["value"] for each in listed}
    assert len(found) == len(listed), "a setting is there twice"
    return found


def sites(there: Resources) -> dict[str, dict[str, Any]]:
    """Every site by its service."""
    return {each["properties"]["siteConfig"]["appCommandLine"]: each for each in of_type("Microsoft.Web/sites", there)}


def loose(given: dict[str, Any], source: dict[str, Any] = SOURCE) -> list[str]:
    """What is named and is not there: resources that are waited for, asked, pointed at; subnets."""
    template, there = Template(source, given), deployed(given, source)
    list(template.resources())
    template.outputs()
    loops = {each["loop"] for each in there.values()}
    found = [f"{id} is asked" for id in template.asked - there.keys()]
    for each in there.values():
        waits = each.get("dependsOn", ())
        found += [f"{each['name']} waits for {name}" for name in waits if name not in there and name not in loops]
        if "scope" in each:
            scope = each["id"].rpartition("/providers/")[0]
            found += [f"{each['name']} is about {scope}"] if scope not in there else []
        for id in re.findall(r'"(/subscriptions/s/resourceGroups/[^"]+)"', json.dumps(each.get("properties", {}))):
            if id not in there and "sqlRoleDefinitions" not in id:
                found += [f"{each['name']} names {id}"] if not _part_of(id, there) else []
    return found


def _part_of(id: str, there: Resources) -> bool:
    """Say whether an id is of a subnet, a database or a container that is there."""
    subnets = {
        f"{network['id']}/subnets/{subnet['name']}"
        for network in of_type("Microsoft.Network/virtualNetworks", there)
        for subnet in network["properties"]["subnets"]
    }
    path = re.sub(r"/dbs/([^/]+)", r"/sqlDatabases/\1", id)
    return id in subnets or re.sub(r"/colls/([^/]+)", r"/containers/\1", path) in there


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_every_resource_sets_what_azure_knows(given: dict[str, Any]) -> None:
    assert [fault for each in deployed(given).values() for fault in faults(each)] == []


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_every_name_leads_somewhere(given: dict[str, Any]) -> None:
    assert loose(given) == []


def order(source: dict[str, Any] = SOURCE) -> list[str]:
    """Resources and loops in an order in which each can be made; raises ``CycleError``."""
    waits: dict[str, set[str]] = {}
    for each in deployed(source=source).values():
        waits[each["id"]] = {*each.get("dependsOn", ())}
        if each["loop"] is not None:
            waits.setdefault(each["loop"], set()).add(each["id"])
    return list(TopologicalSorter(waits).static_order())


def test_nothing_waits_for_itself() -> None:
    made = order()
    assert made.index("identities") < made.index("writers") < made.index("sites")
    broken = copy.deepcopy(SOURCE)
    broken["resources"][0]["dependsOn"] = ["sites"]
    with pytest.raises(CycleError):
        order(broken)


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_every_name_is_one_that_azure_takes(given: dict[str, Any]) -> None:
    for each in deployed(given).values():
        pattern = NAMES.get(each["type"])
        assert pattern is None or re.fullmatch(pattern, each["name"]), (each["type"], each["name"])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"httpsOnly": true', '"httpsOnly": "yes"'),
        lambda text: text.replace('"alwaysOn"', '"alwaysOne"'),
        lambda text: text.replace('"minTlsVersion": "1.2"', '"minTlsVersion": "1.0"'),
        lambda text: text.replace('"allowBlobPublicAccess": false', '"allowBlobPublicAccess": true'),
        lambda text: text.replace('"NoCluster"', '"OSSCluster"'),
        lambda text: text.replace('"2024-04-01"', '"2014-04-01"'),
        lambda text: text.replace("Microsoft.KeyVault/vaults/secrets", "Microsoft.KeyVault/vaults/keys"),
    ],
)
def test_a_planted_fault_is_refused(change: Any) -> None:
    text = json.dumps(SOURCE)
    assert change(text) != text
    there = deployed(source=json.loads(change(text)))
    assert [fault for each in there.values() for fault in faults(each)] != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"zoneGroups", "zoneLinks"', '"zoneGroups", "zonelinks"'),
        ("/subnets/endpoints", "/subnets/endpoint"),
        ("/dbs/bellwether/colls/", "/dbs/bellwether/coll/"),
        ("reference(resourceId('Microsoft.Web/sites'", "reference(resourceId('Microsoft.Web/site'"),
        ('\'/secrets/redis-url\')]", "copy"', '\'/secrets/redis\')]", "copy"'),
    ],
)
def test_a_planted_name_that_leads_nowhere_is_found(old: str, new: str) -> None:
    text = json.dumps(SOURCE)
    assert old in text
    assert loose(LEAST, json.loads(text.replace(old, new))) != []


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("[parameters('nam')]", KeyError),
        ("[variables('roots')]", KeyError),
        ("[concatenate('a', 'b')]", ValueError),
        ("[concat('a', 'b']", ValueError),
        ("[concat('a')b]", ValueError),
        ("[variables('services')[9].name]", IndexError),
    ],
)
def test_an_expression_that_azure_would_refuse_is_refused(expression: str, error: type[Exception]) -> None:
    broken = copy.deepcopy(SOURCE)
    broken["resources"][1]["location"] = expression
    with pytest.raises(error):
        deployed(source=broken)


def test_every_parameter_and_variable_is_used_and_explained() -> None:
    text = json.dumps([SOURCE["resources"], SOURCE["variables"], SOURCE["outputs"]])
    for kind in ("parameters", "variables"):
        assert set(re.findall(rf"{kind}\('([A-Za-z]+)'\)", text)) == set(SOURCE[kind])
    assert all(parameter["metadata"]["description"].endswith(".") for parameter in SOURCE["parameters"].values())


def test_every_service_is_a_site_and_the_gateway_alone_can_be_reached() -> None:
    there = sites(deployed())
    assert set(there) == {"gateway", "beat", *SERVICES}
    public = {name for name, site in there.items() if site["properties"]["publicNetworkAccess"] == "Enabled"}
    assert public == {"gateway"}
    assert settings(there["gateway"])[f"{PREFIX}GATEWAY__METRICS_NEED_KEY"] == "true", "metrics name every model"
    plans = {name: site["properties"]["serverFarmId"] for name, site in there.items()}
    assert len({plans["gateway"], plans["drift"], plans["explain"]}) == 3
    for name, site in there.items():
        image = site["properties"]["siteConfig"]["linuxFxVersion"].rpartition("/")[2].partition(":")[0]
        assert image == ("lineage" if name == "beat" else name)
        assert settings(site)["WEBSITES_PORT"] == ("8000" if name == "gateway" else "9100")


def test_beat_runs_once_and_the_others_wherever_their_plan_does() -> None:
    there = deployed(GIVEN["longest"])
    most = {
        each["properties"]["targetResourceUri"]: int(each["properties"]["profiles"][0]["capacity"]["maximum"])
        for each in of_type("Microsoft.Insights/autoscaleSettings", there)
    }
    for name, site in sites(there).items():
        wanted = 1 if name == "beat" else most[site["properties"]["serverFarmId"]]
        assert site["properties"]["siteConfig"]["numberOfWorkers"] == wanted, name


def test_every_plan_grows_by_either_measure_and_shrinks_by_both_with_room_between() -> None:
    for each in of_type("Microsoft.Insights/autoscaleSettings", deployed()):
        rules: dict[tuple[str, str], int] = {}
        for rule in each["properties"]["profiles"][0]["rules"]:
            trigger, direction = rule["metricTrigger"], rule["scaleAction"]["direction"]
            assert trigger["operator"] == {"Increase": "GreaterThan", "Decrease": "LessThan"}[direction]
            assert trigger["metricResourceUri"] == each["properties"]["targetResourceUri"]
            rules[trigger["metricName"], direction] = trigger["threshold"]
        # Two instances that become one carry twice as much each: that must not make a second one again.
        assert 2 * rules["CpuPercentage", "Decrease"] < rules["CpuPercentage", "Increase"]
        assert rules["MemoryPercentage", "Decrease"] < rules["MemoryPercentage", "Increase"]


def test_the_containers_are_those_of_the_code() -> None:
    found = {
        each["properties"]["resource"]["id"]: each["properties"]["resource"]
        for each in of_type("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers", deployed())
    }
    assert set(found) == {collection.name for collection in COLLECTIONS}
    for collection in COLLECTIONS:
        made = found[collection.name]
        assert made["partitionKey"]["paths"] == [PARTITION_KEY]
        assert not differs(made, collection), collection.name


def test_a_service_may_write_what_it_owns_and_read_the_rest() -> None:
    there = deployed()
    allowed: dict[str, set[tuple[str, str]]] = {WRITES: set(), READS: set()}
    for each in of_type("Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments", there):
        grant = each["properties"]
        service = _service(grant["principalId"])
        container = grant["scope"].partition("/colls/")[2]
        allowed[grant["roleDefinitionId"].rpartition("/")[2]].add((container, service))
    assert allowed[WRITES] == {(container, service) for container, names in OWNERS.items() for service in names}
    assert allowed[READS] == {("", service) for service in ("gateway", *SERVICES)}


def test_a_secret_is_read_by_whom_it_concerns() -> None:
    readers = Counter(
        (each["scope"].rpartition("/")[2], _service(each["properties"]["principalId"]))
        for each in of_type("Microsoft.Authorization/roleAssignments", deployed())
        if "/secrets/" in each["scope"]
    )
    assert set(readers) == {("gateway-secret", "gateway"), *(("redis-url", name) for name in sites(deployed()))}


def _service(principal: str) -> str:
    return principal.removesuffix(".principalId>").rpartition("-")[2]


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_what_is_set_is_a_setting_and_no_secret_stands_in_the_open(given: dict[str, Any]) -> None:
    secret = set()
    for site in sites(deployed(given)).values():
        for name, value in settings(site).items():
            assert given["gatewaySecret"] not in value
            if name.startswith(PREFIX):
                part, _, rest = name.removeprefix(PREFIX).lower().partition("__")
                kind = Settings.model_fields[part].annotation
                kind = kind.model_fields[rest].annotation if rest else kind  # type: ignore[union-attr]
                if kind is SecretStr or SecretStr in get_args(kind):
                    secret.add(name)
                    assert value.startswith("@Microsoft.KeyVault(SecretUri=https://"), name
    assert secret == {f"{PREFIX}REDIS_URL", f"{PREFIX}GATEWAY__SECRET"}


def test_what_is_not_given_is_not_set() -> None:
    optional = {f"{PREFIX}MLFLOW_URL", f"{PREFIX}OTLP_ENDPOINT", f"{PREFIX}NOTIFY__PUBLIC_URL"}
    assert not optional & set(settings(sites(deployed())["gateway"]))
    found = settings(sites(deployed(GIVEN["all"]))["gateway"])
    assert {found[name] for name in optional} == {
        GIVEN["all"][key] for key in ("mlflowUrl", "otlpEndpoint", "publicUrl")
    }


def test_a_site_gets_the_time_its_service_needs_to_end() -> None:
    soft = make_celery(Settings()).conf.worker_soft_shutdown_timeout
    for site in sites(deployed()).values():
        found = settings(site)
        assert soft + 30 <= int(found["WEBSITES_CONTAINER_STOP_TIME_LIMIT"]) <= 120, "Azure allows two minutes"


def test_the_gateway_believes_the_front_ends_of_app_service() -> None:
    [inside] = documents(COMPONENTS / "ingress" / "settings.yaml")
    found = settings(sites(deployed())["gateway"])["FORWARDED_ALLOW_IPS"].split(",")
    assert set(found) == {*inside["data"]["FORWARDED_ALLOW_IPS"].split(","), "169.254.0.0/16"}


def test_what_holds_data_is_reached_from_the_inside_alone_and_every_name_resolves_there() -> None:
    there = deployed()
    reached = {
        connection["properties"]["privateLinkServiceId"]
        for each in of_type("Microsoft.Network/privateEndpoints", there)
        for connection in each["properties"]["privateLinkServiceConnections"]
    }
    closed = {id for id, each in there.items() if each.get("properties", {}).get("publicNetworkAccess") == "Disabled"}
    assert reached == {id for id in closed if "/Microsoft.Web/" not in id}
    assert len(list(of_type("Microsoft.Network/privateDnsZones", there))) == len(reached)


def test_everything_that_serves_or_holds_data_tells_what_happens() -> None:
    there = deployed()
    told = {each["scope"] for each in of_type("Microsoft.Insights/diagnosticSettings", there)}
    kinds = Counter(scope.partition("/")[0] for scope in told)
    assert kinds == {"Microsoft.Web": 6, "Microsoft.DocumentDB": 1, "Microsoft.Storage": 1, "Microsoft.KeyVault": 1}
