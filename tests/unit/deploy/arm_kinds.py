"""Closed schemas of the Azure resources the template makes: what is set, and no other key. Azure's own accept any."""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema

from tests.unit.deploy.custom_kinds import COUNT, STRING, Schema, closed, listed

TRUE: Schema = {"const": True}
BOOL: Schema = {"type": "boolean"}
OFF: Schema = {"const": "Disabled"}
ID: Schema = {"type": "string", "pattern": r"^/subscriptions/[^/]+/"}
DENIED = closed("defaultAction bypass", defaultAction={"const": "Deny"}, bypass={"const": "AzureServices"})
ROLE = closed(
    "roleDefinitionId principalId",
    roleDefinitionId=ID,
    principalId=STRING,
    scope=ID,
    principalType={"const": "ServicePrincipal"},
)
SETTING = closed("name value", name={"type": "string", "pattern": "^[A-Z_]+$"}, value=STRING)
RULE = closed(
    "metricTrigger scaleAction",
    metricTrigger=closed(
        "metricName metricResourceUri timeGrain statistic timeWindow timeAggregation operator threshold",
        metricName={"enum": ["CpuPercentage", "MemoryPercentage"]},
        metricResourceUri=ID,
        timeGrain={"const": "PT1M"},
        statistic={"enum": ["Average", "Max", "Min", "Sum"]},
        timeWindow={"type": "string", "pattern": "^PT[0-9]+M$"},
        timeAggregation={"enum": ["Average", "Maximum", "Minimum", "Total", "Count", "Last"]},
        operator={"enum": ["GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"]},
        threshold=COUNT,
    ),
    scaleAction=closed(
        "direction type value cooldown",
        direction={"enum": ["Increase", "Decrease"]},
        type={"const": "ChangeCount"},
        value={"type": "string", "pattern": "^[1-9][0-9]*$"},
        cooldown={"type": "string", "pattern": "^PT[0-9]+M$"},
    ),
)
NUMBER: Schema = {"type": "string", "pattern": "^[0-9]+$"}
PROPERTIES: Mapping[str, Schema] = {
    "Microsoft.ManagedIdentity/userAssignedIdentities": closed(),
    "Microsoft.Network/virtualNetworks": closed(
        "addressSpace subnets",
        addressSpace=closed("addressPrefixes", addressPrefixes=listed(STRING)),
        subnets=listed(
            closed(
                "name properties",
                name=STRING,
                properties=closed(
                    "addressPrefix",
                    addressPrefix={"type": "string", "pattern": r"^[0-9.]+/[0-9]+$"},
                    delegations=listed(
                        closed(
                            "name properties",
                            name=STRING,
                            properties=closed(
                                "serviceName",
                                serviceName={
                                    "enum": [
                                        "Microsoft.Web/serverFarms",
                                        "Microsoft.ContainerInstance/containerGroups",
                                    ]
                                },
                            ),
                        )
                    ),
                ),
            )
        ),
    ),
    "Microsoft.DocumentDB/databaseAccounts": closed(
        "databaseAccountOfferType locations disableLocalAuth publicNetworkAccess minimalTlsVersion",
        databaseAccountOfferType={"const": "Standard"},
        locations=listed(closed("locationName failoverPriority", locationName=STRING, failoverPriority=COUNT)),
        consistencyPolicy=closed("defaultConsistencyLevel", defaultConsistencyLevel={"const": "Session"}),
        capabilities=listed(closed("name", name={"const": "EnableServerless"})),
        disableLocalAuth=TRUE,
        disableKeyBasedMetadataWriteAccess=TRUE,
        publicNetworkAccess=OFF,
        minimalTlsVersion={"const": "Tls12"},
        backupPolicy=closed(
            "type",
            type={"enum": ["Continuous"]},
            continuousModeProperties=closed("tier", tier={"enum": ["Continuous7Days", "Continuous30Days"]}),
        ),
    ),
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases": closed("resource", resource=closed("id", id=STRING)),
    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers": closed(
        "resource",
        resource=closed(
            "id partitionKey defaultTtl indexingPolicy",
            id=STRING,
            partitionKey=closed(
                "paths kind version", paths=listed(STRING), kind={"const": "Hash"}, version={"const": 2}
            ),
            defaultTtl={"type": "integer"},
            indexingPolicy=closed(
                "indexingMode automatic includedPaths excludedPaths",
                indexingMode={"const": "consistent"},
                automatic=TRUE,
                includedPaths=listed(closed("path", path=STRING)),
                excludedPaths=listed(closed("path", path=STRING)),
            ),
        ),
    ),
    "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments": ROLE,
    "Microsoft.Storage/storageAccounts": closed(
        "minimumTlsVersion supportsHttpsTrafficOnly allowBlobPublicAccess allowSharedKeyAccess publicNetworkAccess",
        minimumTlsVersion={"enum": ["TLS1_2", "TLS1_3"]},
        supportsHttpsTrafficOnly=TRUE,
        allowBlobPublicAccess={"const": False},
        allowSharedKeyAccess={"const": False},
        publicNetworkAccess=OFF,
        networkAcls=DENIED,
    ),
    "Microsoft.Storage/storageAccounts/blobServices": closed(
        deleteRetentionPolicy=closed("enabled days", enabled=BOOL, days=COUNT),
        containerDeleteRetentionPolicy=closed("enabled days", enabled=BOOL, days=COUNT),
    ),
    "Microsoft.Storage/storageAccounts/blobServices/containers": closed("publicAccess", publicAccess={"const": "None"}),
    "Microsoft.Authorization/roleAssignments": ROLE,
    "Microsoft.Cache/redisEnterprise": closed(
        "publicNetworkAccess minimumTlsVersion",
        minimumTlsVersion={"const": "1.2"},
        highAvailability={"enum": ["Enabled", "Disabled"]},
        publicNetworkAccess=OFF,
    ),
    "Microsoft.Cache/redisEnterprise/databases": closed(
        "clientProtocol clusteringPolicy evictionPolicy accessKeysAuthentication port",
        clientProtocol={"const": "Encrypted"},
        port={"const": 10000},
        clusteringPolicy={"const": "NoCluster"},
        evictionPolicy={"const": "NoEviction"},
        accessKeysAuthentication={"const": "Enabled"},
        persistence=closed("aofEnabled aofFrequency", aofEnabled=TRUE, aofFrequency={"const": "1s"}),
    ),
    "Microsoft.KeyVault/vaults": closed(
        "tenantId sku enableRbacAuthorization enablePurgeProtection publicNetworkAccess",
        tenantId=STRING,
        sku=closed("family name", family={"const": "A"}, name={"enum": ["standard", "premium"]}),
        enableRbacAuthorization=TRUE,
        enableSoftDelete=TRUE,
        softDeleteRetentionInDays=COUNT,
        enablePurgeProtection=TRUE,
        publicNetworkAccess=OFF,
        networkAcls=DENIED,
    ),
    "Microsoft.KeyVault/vaults/secrets": closed("value contentType", value=STRING, contentType=STRING),
    "Microsoft.Network/privateDnsZones": closed(),
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks": closed(
        "registrationEnabled virtualNetwork", registrationEnabled={"const": False}, virtualNetwork=closed("id", id=ID)
    ),
    "Microsoft.Network/privateEndpoints": closed(
        "subnet privateLinkServiceConnections",
        subnet=closed("id", id=ID),
        privateLinkServiceConnections=listed(
            closed(
                "name properties",
                name=STRING,
                properties=closed("privateLinkServiceId groupIds", privateLinkServiceId=ID, groupIds=listed(STRING)),
            )
        ),
    ),
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": closed(
        "privateDnsZoneConfigs",
        privateDnsZoneConfigs=listed(
            closed("name properties", name=STRING, properties=closed("privateDnsZoneId", privateDnsZoneId=ID))
        ),
    ),
    "Microsoft.OperationalInsights/workspaces": closed(
        "sku retentionInDays", sku=closed("name", name={"const": "PerGB2018"}), retentionInDays=COUNT
    ),
    "Microsoft.Web/serverfarms": closed("reserved", reserved=TRUE, perSiteScaling=BOOL),
    "Microsoft.Web/sites": closed(
        "serverFarmId httpsOnly publicNetworkAccess virtualNetworkSubnetId keyVaultReferenceIdentity siteConfig",
        serverFarmId=ID,
        httpsOnly=TRUE,
        clientAffinityEnabled={"const": False},
        publicNetworkAccess={"enum": ["Enabled", "Disabled"]},
        virtualNetworkSubnetId=ID,
        keyVaultReferenceIdentity=ID,
        siteConfig=closed(
            "linuxFxVersion appCommandLine alwaysOn minTlsVersion scmMinTlsVersion ftpsState healthCheckPath "
            "appSettings",
            linuxFxVersion={"type": "string", "pattern": r"^DOCKER\|[^|]+:[^:]+$"},
            acrUseManagedIdentityCreds=TRUE,
            acrUserManagedIdentityID=STRING,
            appCommandLine=STRING,
            numberOfWorkers={"type": "integer", "minimum": 1, "maximum": 30},
            alwaysOn=TRUE,
            http20Enabled=TRUE,
            vnetRouteAllEnabled=TRUE,
            minTlsVersion={"enum": ["1.2", "1.3"]},
            scmMinTlsVersion={"enum": ["1.2", "1.3"]},
            ftpsState=OFF,
            remoteDebuggingEnabled={"const": False},
            healthCheckPath={"type": "string", "pattern": "^/"},
            appSettings=listed(SETTING),
        ),
    ),
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": closed("allow", allow={"const": False}),
    "Microsoft.Insights/autoscaleSettings": closed(
        "enabled targetResourceUri profiles",
        enabled=TRUE,
        targetResourceUri=ID,
        profiles=listed(
            closed(
                "name capacity rules",
                name=STRING,
                capacity=closed("minimum default maximum", minimum=NUMBER, default=NUMBER, maximum=NUMBER),
                rules=listed(RULE),
            )
        ),
    ),
    "Microsoft.Insights/diagnosticSettings": closed(
        "workspaceId logs",
        workspaceId=ID,
        logs=listed(closed("category enabled", category=STRING, enabled=TRUE)),
        metrics=listed(closed("category enabled", category={"const": "AllMetrics"}, enabled=TRUE)),
    ),
}
"""The properties of each type of resource."""
VERSIONS: Mapping[str, str] = {
    "Microsoft.Authorization": "2022-04-01",
    "Microsoft.Cache": "2025-07-01",
    "Microsoft.DocumentDB": "2024-05-15",
    "Microsoft.Insights/autoscaleSettings": "2022-10-01",
    "Microsoft.Insights/diagnosticSettings": "2021-05-01-preview",
    "Microsoft.KeyVault": "2023-07-01",
    "Microsoft.ManagedIdentity": "2023-01-31",
    "Microsoft.Network": "2024-05-01",
    "Microsoft.Network/privateDnsZones": "2020-06-01",
    "Microsoft.OperationalInsights": "2023-09-01",
    "Microsoft.Storage": "2023-05-01",
    "Microsoft.Web": "2024-04-01",
}
"""The version each provider is asked for, by the longest prefix of the type: one, as their keys differ."""
NAMES: Mapping[str, str] = {
    "Microsoft.Cache/redisEnterprise": r"[a-z0-9](-?[a-z0-9]){0,59}",
    "Microsoft.DocumentDB/databaseAccounts": r"[a-z0-9][a-z0-9-]{1,42}[a-z0-9]",
    "Microsoft.KeyVault/vaults": r"[a-z](-?[a-z0-9]){2,23}",
    "Microsoft.ManagedIdentity/userAssignedIdentities": r"[a-z0-9][a-z0-9_-]{2,127}",
    "Microsoft.Network/privateEndpoints": r"[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]",
    "Microsoft.Network/virtualNetworks": r"[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]",
    "Microsoft.OperationalInsights/workspaces": r"[a-z0-9][a-z0-9-]{2,61}[a-z0-9]",
    "Microsoft.Storage/storageAccounts": r"[a-z0-9]{3,24}",
    "Microsoft.Web/serverfarms": r"[a-z0-9][a-z0-9-]{0,58}[a-z0-9]",
    "Microsoft.Web/sites": r"[a-z0-9][a-z0-9-]{0,58}[a-z0-9]",
}
"""What Azure lets each be called; those left out have names that do not follow from a parameter."""


def version(kind: str) -> str:
    """Return the API version of a type of resource."""
    prefixes = ["/".join(kind.split("/")[:count]) for count in range(len(kind.split("/")), 0, -1)]
    return next(VERSIONS[prefix] for prefix in prefixes if prefix in VERSIONS)


def faults(resource: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a resource as evaluated."""
    kind = resource["type"]
    if kind not in PROPERTIES:
        yield f"{kind} has no schema here"
        return
    whole = closed(
        "type apiVersion name id",
        type=STRING,
        apiVersion={"const": version(kind)},
        name=STRING,
        id=ID,
        loop={"type": ["string", "null"]},
        location=STRING,
        kind=STRING,
        sku=closed("name", name=STRING, capacity={"type": "integer", "minimum": 1}),
        identity=closed(
            "type userAssignedIdentities", type={"const": "UserAssigned"}, userAssignedIdentities={"type": "object"}
        ),
        scope=STRING,
        dependsOn=listed(STRING),
        properties=PROPERTIES[kind],
    )
    for error in jsonschema.Draft202012Validator(whole).iter_errors(resource):
        yield f"{kind} {resource['name']}: {error.json_path}: {error.message[:300]}"
