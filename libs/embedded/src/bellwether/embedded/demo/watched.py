"""The two sources of the demo: its MLflow server and its data factory; light to import."""

from datetime import UTC, datetime

from bellwether.embedded.demo.api import Api
from bellwether.embedded.demo.recipes import RECIPES, REPLAY_FROM
from bellwether.testing.data_factory.factory import SUBSCRIPTION, Factory

TRAINING_EXPERIMENT, EXPERIMENT = "bellwether-demo", "flights-scoring"
MLFLOW_SOURCE = "mlflow/main"


def watch(api: Api, mlflow_url: str, factory_url: str | None) -> None:
    """Have both servers watched; said again at every start, for their ports are others.

    The runs are of 2013, and the second model's come when the first one's are days ahead: hence a wide overlap.
    """
    experiments = [TRAINING_EXPERIMENT, EXPERIMENT]
    bindings = [{"model": recipe.name, "registered_model": recipe.name} for recipe in RECIPES]
    settings = {"kind": "mlflow", "url": mlflow_url, "experiments": experiments}
    since = datetime(REPLAY_FROM.year, 1, 1, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    body = {"name": "main", "settings": settings, "bindings": bindings, "since": since}
    api.send("POST", "/sources", {**body, "overlap_seconds": 10 * 86_400.0, "poll_seconds": 5.0})
    if factory_url is not None:
        where = Factory()
        said = {"kind": "adf", "subscription": SUBSCRIPTION, "group": where.group, "factory": where.name}
        factory = {"name": "main", "settings": {**said, "endpoint": factory_url}, "since": since}
        api.send("POST", "/sources", {**factory, "poll_seconds": 5.0})
