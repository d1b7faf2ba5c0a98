"""What cannot be explained gets a clear answer each, and nothing is lost or brought down by it."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from bellwether.contracts import Column
from bellwether.errors import NotReady, Unavailable
from bellwether.explain import fetch
from bellwether.explain.asked import ModelFailed
from bellwether.explain.registry import Registry
from bellwether.settings import Explain
from tests.integration.explain.registered import Uris, served_line, wide_frame, wide_line
from tests.integration.explain.test_models import ROW
from tests.integration.explain.world import World, people, rows_of

pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


def test_a_row_that_cannot_be_used_says_everything_that_is_wrong(world: World, uris: Uris) -> None:
    world.model("trees", uris["trees"], rows_of(people(300, 2), 1))
    found = world.local("trees", row={"region": 4, "agee": 3, "income": "much", "debt": 0.1})
    assert found.decision is None
    assert {one.pointer for one in found.reasons} == {"/row/age", "/row/region", "/row/agee", "/row/income"}
    assert "the row cannot be used" in str(found.reason)


def test_an_unknown_category_is_answered_and_said(world: World, uris: Uris) -> None:
    world.model("trees", uris["trees"], rows_of(people(300, 2), 1))
    found = world.local("trees", row={**ROW, "region": "moon"})
    assert found.additivity.state == "exact"
    assert "region 'moon' is not among the 200 background rows" in found.warnings


def test_an_all_missing_row_is_answered_where_the_model_answers(world: World, uris: Uris) -> None:
    reference = rows_of(people(300, 2), 1)
    nothing = dict.fromkeys(["region", "age", "income", "debt"])
    world.model("trees", uris["trees"], reference)
    found = world.local("trees", row=nothing)
    assert found.additivity.state == "exact"
    assert found.decision is not None
    assert {part.value for part in found.decision.contributions} == {None}
    world.model("boost", uris["boost"], reference)
    assert world.local("boost", row=nothing).additivity.state == "exact"


def test_columns_the_model_needs_and_nobody_pushed_are_named(world: World, uris: Uris) -> None:
    world.model("trees", uris["trees"], rows_of(people(300, 2), 1))
    batch = world.batch("trees", rows_of(people(50, 3), 1).drop_columns(["debt", "age"]))
    said = world.explained("trees", batch)
    assert (said.method, said.features) == ("none", ())
    assert "needs the columns ['age', 'debt']" in str(said.reason)


def test_reordered_columns_change_nothing(world: World, uris: Uris) -> None:
    rows = rows_of(people(200, 3), 1)
    world.model("trees", uris["trees"], rows_of(people(300, 2), 1))
    one = world.explained("trees", world.batch("trees", rows, day=1))
    other = world.explained("trees", world.batch("trees", rows.select(rows.column_names[::-1]), day=2))
    assert [(f.feature, f.importance) for f in one.features] == [(f.feature, f.importance) for f in other.features]


def test_a_pickle_is_refused_and_the_setting_named(world: World, uris: Uris) -> None:
    world.model("pickle", uris["pickle"], rows_of(people(300, 2), 1))
    said = world.explained("pickle", world.batch("pickle", rows_of(people(50, 3), 1)))
    assert "BELLWETHER_EXPLAIN__ALLOW_PICKLE=true" in str(said.reason)
    assert said.features == ()
    world.model("function", uris["function"], rows_of(people(300, 2), 1))
    assert "not allowed here" in str(world.local("function", row=ROW).reason)


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("models:/loans/99", "99"),
        ("models:/loans@nobody", "nobody"),
        ("/etc/passwd", "names no model of a registry"),
        ("https://example.com/model", "names no model of a registry"),
    ],
)
def test_a_model_that_does_not_exist_is_said_and_not_tried_for_ever(
    world: World, uris: Uris, uri: str, said: str
) -> None:
    world.model("gone", uri, rows_of(people(300, 2), 1))
    assert said in str(world.local("gone", row=ROW).reason)


def test_a_registry_that_is_away_is_asked_again_later(world: World) -> None:
    registry = Registry("http://127.0.0.1:9", world.context.settings.home / "away", (), Explain())
    with pytest.raises(Unavailable):
        registry.find("models:/loans/1")
    without = Registry(None, world.context.settings.home / "away", (), Explain())
    with pytest.raises(ModelFailed, match="BELLWETHER_MLFLOW_URL"):
        without.find("models:/loans/1")


def test_files_outside_the_allowed_places_are_not_fetched(world: World, uris: Uris, mlflow_url: str) -> None:
    registry = Registry(mlflow_url, world.context.settings.home / "elsewhere", (), Explain())
    with pytest.raises(ModelFailed, match="BELLWETHER_EXPLAIN__MODEL_FOLDERS"):
        registry.find(uris["trees"])
    small = Explain(model_download_bytes=1_000)
    registry = Registry(
        mlflow_url, world.context.settings.home / "small", world.explain.of_batch.standpoints.registry.local, small
    )
    with pytest.raises(ModelFailed, match="more than 1000 bytes"):
        registry.find(uris["trees"])


def test_files_the_mlflow_server_hands_out_itself_are_fetched_from_it_alone(mlflow_url: str, tmp_path: Path) -> None:
    uri = served_line(mlflow_url)
    registry = Registry(mlflow_url, tmp_path / "there", (), Explain())
    found = registry.find(uri)
    assert (found.stored.flavour, found.stored.artifact.loader) == ("sklearn", "skops")
    shutil.rmtree(found.stored.folder.parent)  # another worker made room
    assert registry.find(uri).stored.folder.exists()
    without = Explain(model_schemes=("s3",))
    with pytest.raises(ModelFailed, match="lie at http://, which is not among BELLWETHER_EXPLAIN__MODEL_SCHEMES: s3"):
        Registry(mlflow_url, tmp_path / "without", (), without).find(uri)


def fetched(uri: str, folder: Path, *schemes: str) -> dict[str, str]:
    """What is said of files at an address, where MLflow is at port 8."""
    asked = {"uri": uri, "tracking": "http://127.0.0.1:8", "folder": str(folder), "schemes": schemes}
    return fetch.answer({**asked, "local": [], "bytes": 1_000})


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1:9/api/2.0/mlflow-artifacts/artifacts/x",
        "mlflow-artifacts://127.0.0.1:9/x",
        "http://127.0.0.1:8/other",
        "ftp://127.0.0.1:8/x",
    ],
)
def test_no_other_plain_address_is_fetched_from(place: str, tmp_path: Path) -> None:
    said = fetched(place, tmp_path, *Explain().model_schemes)
    assert said["error"] == "refused"
    assert "is not among BELLWETHER_EXPLAIN__MODEL_SCHEMES" in said["message"]


def test_a_storage_whose_client_is_not_installed_is_said_and_not_tried_for_ever(tmp_path: Path) -> None:
    said = fetched("wasbs://models@account.blob.core.windows.net/x", tmp_path, "wasbs")
    assert said["error"] == "refused"
    assert "not installed here (No module named 'azure.storage'); let the MLflow server hand them" in said["message"]


def test_a_prediction_nobody_pushed_and_a_model_without_uri(world: World, uris: Uris) -> None:
    world.model("trees", uris["trees"], rows_of(people(300, 2), 1))
    assert "no batch kept has a prediction with the id 'nobody'" in str(world.local("trees", row_id="nobody").reason)
    kept = [world.batch("trees", rows_of(people(100, seed), 1), day=seed) for seed in (5, 6)]
    world.context.objects.delete(f"rows/trees/{kept[1]}.parquet")
    assert "are kept no longer" in str(world.local("trees", row_id="p7", batch=kept[1]).reason)
    assert world.local("trees", row_id="p7").batch == kept[0]
    world.model("bare", None, rows_of(people(300, 2), 1))
    assert "no MLflow URI" in str(world.local("bare", row=ROW).reason)
    said = world.explained("bare", world.batch("bare", rows_of(people(100, 3), 1)))
    assert (said.method, said.perturbation) == ("linear_surrogate", "surrogate")


def test_an_empty_batch_and_a_missing_reference(world: World, uris: Uris) -> None:
    world.model("trees", uris["trees"], rows_of(people(300, 2), 1))
    said = world.explained("trees", world.batch("trees", rows_of(people(0, 3), 1)))
    assert (said.rows, said.features) == (0, ())
    batch = world.batch("trees", rows_of(people(50, 3), 1), day=3, reference="reference~2")
    with pytest.raises(NotReady, match="no reference in force"):
        world.explained("trees", batch)


def test_a_hundred_thousand_rows_are_sampled_and_counted(world: World, uris: Uris) -> None:
    world.model("line", uris["line"], rows_of(people(300, 2), 1))
    said = world.explained("line", world.batch("line", rows_of(people(100_000, 3), 1)))
    assert (said.rows, said.rows_total, said.reason) == (20_000, 100_000, None)
    debt = next(one for one in said.features if one.feature == "debt")
    assert debt.interval is not None
    assert debt.interval[0] < debt.importance < debt.interval[1]


def test_five_thousand_features_are_explained(world: World, uris: Uris) -> None:
    reference, now = wide_frame(200), wide_frame(100)
    known = [Column(name=name, role="feature", kind="numeric", dtype="") for name in reference.columns]
    world.model("wide", uris["wide"], pa.Table.from_pandas(reference, preserve_index=False), columns=known)
    said = world.explained("wide", world.batch("wide", pa.Table.from_pandas(now, preserve_index=False), columns=known))
    by_hand = wide_line().coef_ * (now - reference.mean())
    wanted = by_hand.abs().mean().sort_values(ascending=False)
    assert said.reason is None
    assert [one.feature for one in said.features] == list(wanted.index[:200])
    np.testing.assert_allclose([one.importance for one in said.features], wanted[:200])
    assert said.other == pytest.approx(wanted[200:].sum() / wanted.sum())
    found = world.local("wide", row=now.iloc[0].to_dict())
    assert (found.reason, found.additivity.state) == (None, "exact")
    assert found.decision is not None
    for part in found.decision.contributions:
        assert part.contribution == pytest.approx(by_hand[part.feature].iloc[0])
