"""Closed schemas of the custom kinds: the fields that are used, and no other. Their own schemas accept any key."""

from collections.abc import Iterator
from typing import Any

import jsonschema

from tests.unit.deploy.manifests import Doc

Schema = dict[str, Any]
STRING: Schema = {"type": "string", "minLength": 1}
COUNT: Schema = {"type": "integer", "minimum": 0}
STRINGS: Schema = {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}}
DURATION: Schema = {"type": "string", "pattern": r"^[0-9]+(ms|s|m|h)$"}


def closed(required: str = "", **properties: Schema) -> Schema:
    """Return the schema of an object with these keys alone; ``required`` lists those it must have."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": required.split(),
    }


def listed(items: Schema) -> Schema:
    """Return the schema of a list that is not empty."""
    return {"type": "array", "minItems": 1, "items": items}


SELECTOR = closed(
    matchLabels=STRINGS,
    matchExpressions=listed(
        closed(
            "key operator",
            key=STRING,
            operator={"enum": ["In", "NotIn", "Exists", "DoesNotExist"]},
            values=listed(STRING),
        )
    ),
)
TRIGGER: Schema = {
    "oneOf": [
        closed(
            "type metadata authenticationRef",
            type={"const": "redis"},
            # KEDA takes strings only, numbers and truth values included.
            metadata=closed(
                "listName listLength",
                listName=STRING,
                listLength={"type": "string", "pattern": "^[1-9][0-9]*$"},
                activationListLength={"type": "string", "pattern": "^[0-9]+$"},
                databaseIndex={"type": "string", "pattern": "^[0-9]+$"},
            ),
            name=STRING,
            authenticationRef=closed("name", name=STRING, kind={"enum": ["TriggerAuthentication"]}),
            metricType={"enum": ["AverageValue", "Value"]},
        ),
        closed(
            "type metadata",
            type={"const": "prometheus"},
            metadata=closed(
                "serverAddress query threshold",
                serverAddress={"type": "string", "pattern": "^https?://"},
                query=STRING,
                threshold={"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"},
                activationThreshold={"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"},
                ignoreNullValues={"enum": ["true", "false"]},
            ),
            name=STRING,
            authenticationRef=closed("name", name=STRING, kind={"enum": ["TriggerAuthentication"]}),
            metricType={"enum": ["AverageValue", "Value"]},
        ),
    ]
}
SCALED_OBJECT = closed(
    "scaleTargetRef triggers",
    scaleTargetRef=closed("name", name=STRING, apiVersion=STRING, kind=STRING, envSourceContainerName=STRING),
    pollingInterval=COUNT,
    cooldownPeriod=COUNT,
    initialCooldownPeriod=COUNT,
    idleReplicaCount=COUNT,
    minReplicaCount=COUNT,
    maxReplicaCount=COUNT,
    fallback=closed("failureThreshold replicas", failureThreshold=COUNT, replicas=COUNT),
    advanced=closed(
        restoreToOriginalReplicaCount={"type": "boolean"},
        horizontalPodAutoscalerConfig=closed(
            name=STRING,
            behavior=closed(scaleDown=closed("stabilizationWindowSeconds", stabilizationWindowSeconds=COUNT)),
        ),
    ),
    triggers=listed(TRIGGER),
)
TRIGGER_AUTHENTICATION = closed(
    "secretTargetRef",
    secretTargetRef=listed(closed("parameter name key", parameter=STRING, name=STRING, key=STRING)),
)
RELABELINGS = listed(
    closed(
        action={"enum": ["replace", "keep", "drop"]},
        sourceLabels=listed({"type": "string", "pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"}),
        targetLabel=STRING,
        replacement=STRING,
        regex=STRING,
    )
)
AUTHORIZATION = closed(
    "type credentials", type={"const": "Bearer"}, credentials=closed("name key", name=STRING, key=STRING)
)
ENDPOINT = closed(
    "port",
    port=STRING,
    path={"type": "string", "pattern": "^/"},
    interval=DURATION,
    honorLabels={"type": "boolean"},
    authorization=AUTHORIZATION,
    relabelings=RELABELINGS,
    metricRelabelings=RELABELINGS,
)
SCRAPE_CONFIG = closed(
    "staticConfigs",
    staticConfigs=listed(closed("targets", targets=listed(STRING), labels=STRINGS)),
    metricsPath={"type": "string", "pattern": "^/"},
    scrapeInterval=DURATION,
    honorLabels={"type": "boolean"},
    authorization=AUTHORIZATION,
    relabelings=RELABELINGS,
    metricRelabelings=RELABELINGS,
)
RULE: Schema = {
    "oneOf": [
        closed(
            "alert expr labels annotations",
            **{"alert": STRING, "expr": STRING, "for": DURATION, "labels": STRINGS, "annotations": STRINGS},
        ),
        closed("record expr", record=STRING, expr=STRING, labels=STRINGS),
    ]
}
PROMETHEUS_RULE = closed(
    "groups", groups=listed(closed("name rules", name=STRING, interval=DURATION, rules=listed(RULE)))
)

KINDS: dict[tuple[str, str], Schema] = {
    ("keda.sh/v1alpha1", "ScaledObject"): SCALED_OBJECT,
    ("keda.sh/v1alpha1", "TriggerAuthentication"): TRIGGER_AUTHENTICATION,
    ("monitoring.coreos.com/v1", "ServiceMonitor"): closed(
        "selector endpoints", selector=SELECTOR, endpoints=listed(ENDPOINT)
    ),
    ("monitoring.coreos.com/v1", "PodMonitor"): closed(
        "selector podMetricsEndpoints", selector=SELECTOR, podMetricsEndpoints=listed(ENDPOINT)
    ),
    ("monitoring.coreos.com/v1alpha1", "ScrapeConfig"): SCRAPE_CONFIG,
    ("monitoring.coreos.com/v1", "PrometheusRule"): PROMETHEUS_RULE,
}
METADATA = closed("name", name=STRING, namespace=STRING, labels=STRINGS, annotations=STRINGS)


def is_custom(doc: Doc) -> bool:
    """Say whether a resource is of a kind the cluster itself does not have."""
    return "." in doc["apiVersion"].partition("/")[0] and not doc["apiVersion"].partition("/")[0].endswith(".k8s.io")


def faults(doc: Doc) -> Iterator[str]:
    """Yield what its operator would refuse or, worse, pass over in silence."""
    kind = (doc["apiVersion"], doc["kind"])
    if kind not in KINDS:
        yield f"{kind} has no schema here"
        return
    whole = closed("apiVersion kind metadata spec", apiVersion=STRING, kind=STRING, metadata=METADATA, spec=KINDS[kind])
    for error in jsonschema.Draft202012Validator(whole).iter_errors(doc):
        yield f"{doc['kind']}/{doc['metadata']['name']}: {error.json_path}: {error.message[:300]}"
