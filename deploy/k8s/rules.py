"""Writes the alert rules as the Prometheus operator takes them: ``python -m deploy.k8s.rules``."""

from pathlib import Path
from textwrap import indent

DEPLOY = Path(__file__).parents[1]
RULES = DEPLOY / "prometheus" / "rules" / "bellwether.yml"
WRITTEN = DEPLOY / "k8s" / "components" / "observability" / "rules.yaml"
_HEAD = """\
# Written by `python -m deploy.k8s.rules` from deploy/prometheus/rules/bellwether.yml.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: bellwether
  labels:
    app.kubernetes.io/part-of: bellwether
spec:
"""


def text() -> str:
    """Return the rules as a resource of the cluster."""
    return _HEAD + indent(RULES.read_text(encoding="utf-8"), "  ")


if __name__ == "__main__":
    WRITTEN.write_text(text(), encoding="utf-8")
