"""The pages of the recorded site, each with some of its state in the address."""

from bellwether.embedded.demo import factory
from bellwether.embedded.demo.incident import INCIDENT, OUTAGE
from tests.e2e.web.incidents import incidents

MODEL = "/models/flight-delay"
UNIT_DAY = f"at={INCIDENT.start}"
LAST_DAY = f"at={OUTAGE.start}"
FAILED_RUN = factory.run_id(factory.LOAD_WEATHER, OUTAGE.start)
CHANGED_RUN = factory.run_id(factory.LOAD_WEATHER, INCIDENT.start)
UNIT_INCIDENT, OUTAGE_INCIDENT = (f"/incidents/{one.id}" for one in incidents("flight-delay"))
REPORT = f"/api/v1{MODEL}/reports/2013-04-01..2013-04-30.html"

PAGES = {
    "fleet": "/",
    "model": f"{MODEL}?{UNIT_DAY}",
    "model-table": f"{MODEL}?view=table",
    "model-new": "/models/taxi-out",
    "feature": f"{MODEL}/features/wind_speed?{UNIT_DAY}",
    "performance": f"{MODEL}/performance?{UNIT_DAY}",
    "explain": f"{MODEL}/explain?{UNIT_DAY}",
    "decision": f"{MODEL}/explain/one",
    "provenance": f"{MODEL}/provenance?{LAST_DAY}",
    "provenance-path": f"{MODEL}/provenance?{LAST_DAY}&view=path",
    "provenance-table": f"{MODEL}/provenance?{LAST_DAY}&view=table",
    "insights": f"{MODEL}/insights/data_engineer",
    "incidents": "/incidents?state=all",
    "incident": OUTAGE_INCIDENT,
    "incident-over": UNIT_INCIDENT,
    "pipelines": "/pipelines",
    "pipeline": "/pipelines/load-weather",
    "run": f"/runs/{FAILED_RUN}",
    "new": "/new",
    "settings-models": "/settings/models",
    "settings-rules": "/settings/rules",
    "settings-channels": "/settings/channels",
    "settings-keys": "/settings/keys",
    "settings-health": "/settings/health",
    "settings-sources": "/settings/sources",
}
