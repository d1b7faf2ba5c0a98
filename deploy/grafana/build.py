"""Writes the Grafana dashboards: ``python -m deploy.grafana.build``.

The files in ``dashboards/`` are what this prints, held equal by a test, and provisioned read-only.
"""

from pathlib import Path

from deploy.grafana.boards import fleet, model, pipelines, services, storage, work
from deploy.grafana.panels import text

FOLDER = Path(__file__).parent / "dashboards"
DASHBOARDS = (
    fleet.DASHBOARD,
    model.DASHBOARD,
    pipelines.DASHBOARD,
    services.DASHBOARD,
    work.DASHBOARD,
    storage.DASHBOARD,
)


def main() -> None:
    """Write every file, and remove those of dashboards there no longer are."""
    for path in FOLDER.glob("*.json"):
        path.unlink()
    for dashboard in DASHBOARDS:
        (FOLDER / f"{dashboard.slug}.json").write_text(text(dashboard), encoding="utf-8")


if __name__ == "__main__":
    main()
