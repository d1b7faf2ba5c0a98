"""Models from a real registry, explained as batches come and as people ask."""

import io
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from bellwether.contracts import FeatureWords, LocalChunk, Roles
from bellwether.explain.registry import Registry
from bellwether.settings import Explain
from bellwether.storage.collections import EXPLAIN
from bellwether.storage.documents import parse
from tests.integration.explain.registered import Uris
from tests.integration.explain.world import FEATURES, World, people, rows_of

# MLflow 3.17 uses what pandas 3.1 calls old.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

ROW = {"region": "south", "age": 30, "income": 20_000, "debt": 0.9, "branch": "web", "id": "new"}
ROUTES = {
    "trees": ("pattern_tables", "margin"),
    "line": ("linear", "margin"),
    "box": ("black_box", "probability"),
    "forest": ("pattern_tables", "probability"),
    "boost": ("pattern_tables", "margin"),
}


@pytest.mark.parametrize("name", ROUTES)
def test_a_batch_is_explained_by_the_real_model(world: World, uris: Uris, name: str) -> None:
    world.model(name, uris[name], rows_of(people(900, 2), 40), roles=Roles(segments=("branch",)))
    said = world.explained(name, world.batch(name, rows_of(people(400, 3), 1)))
    assert (said.method, said.output) == ROUTES[name], said.reason or said.warnings
    assert said.reason is None
    assert said.additivity.state in ("exact", "estimated")
    assert said.additivity.max_abs is not None
    assert said.additivity.max_abs < 1e-4
    assert said.perturbation == "interventional"
    assert said.background is not None
    assert (said.background.rows, said.background.source) == (200, "reference")
    assert said.explained is not None
    assert {"process", "rlimits"} <= set(said.isolation)
    names = [one.feature for one in said.features]
    assert names[0] == "debt"
    assert set(names) <= set(FEATURES)
    assert sum(one.share for one in said.features) == pytest.approx(1)
    assert said.rows_total == 400
    assert said.rows == (400 if name != "box" else 125)  # what 200,000 rows of the model allow with 16 coalitions
    assert said.against_reference is not None
    assert said.against_reference.tv is not None
    assert said.shift is not None
    assert said.shift.change == pytest.approx(said.shift.current - said.shift.reference)
    assert {cohort.value for cohort in said.cohorts} == {"web", "desk"}
    assert said.rows_uri is not None
    kept = pq.read_table(io.BytesIO(world.context.objects.get(said.rows_uri)))
    assert kept.num_rows == said.rows
    sums = sum(kept.column(f"contribution:{one}").to_numpy().astype(float) for one in names)
    assert said.base_value is not None
    np.testing.assert_allclose(sums + said.base_value, kept.column("output").to_numpy(), atol=1e-4)
    pk = said.pk
    chunk = parse(LocalChunk, world.context.documents.get(EXPLAIN, pk, f"l~{said.batch}~00000") or {})
    total = chunk.base_value + sum(part for _, part in chunk.contributions[3]) + chunk.others[3]
    assert total == pytest.approx(chunk.predictions[3])
    assert chunk.ids[3].startswith("p")


def test_a_fault_of_a_unit_is_attribution_drift_and_an_ordinary_day_is_not(world: World, uris: Uris) -> None:
    world.model("trees", uris["version"], rows_of(people(3_000, 4), 40))
    usual = world.explained("trees", world.batch("trees", rows_of(people(500, 5), 1), day=1)).against_reference
    wrong = world.batch("trees", rows_of(people(500, 6, debt_unit=8.0), 1), day=2)
    found = world.explained("trees", wrong)
    assert usual is not None
    assert found.against_reference is not None
    assert usual.windows == 40
    assert usual.status == "fine", usual
    assert found.against_reference.status in ("watch", "act"), found.against_reference
    assert found.against_reference.features[0].feature == "debt"
    assert found.shift is not None
    assert found.shift.features[0].feature == "debt"
    assert found.explained is not None
    assert found.explained.version == "1"


def test_an_alias_is_looked_up_anew_and_its_model_fetched_once(mlflow_url: str, uris: Uris, tmp_path: Path) -> None:
    time = 0.0
    folders = (tmp_path.anchor,)  # the files of this server lie in a folder of their own
    registry = Registry(mlflow_url, tmp_path / "models", folders, Explain(), clock=lambda: time)
    first = registry.find(uris["alias"])
    assert first.uri == uris["alias"]
    assert first.version == uris["version"].rpartition("/")[2]
    assert registry.find(uris["version"]).stored == first.stored
    (place,) = (tmp_path / "models").iterdir()
    fetched = [(file, file.stat().st_ino) for file in sorted(place.rglob("*"))]
    time += 2 * registry.moves_seconds
    assert registry.find(uris["alias"]) == first
    assert [(file, file.stat().st_ino) for file in sorted(place.rglob("*"))] == fetched
    assert list((tmp_path / "models").iterdir()) == [place]


@pytest.mark.parametrize("name", ["alias", "run"])
def test_every_uri_names_the_same_model(world: World, uris: Uris, name: str) -> None:
    world.model("m", uris[name], rows_of(people(300, 2), 1))
    found = world.local("m", row=ROW)
    assert found.reason is None
    assert found.explained is not None
    world.model("m", uris["version"], rows_of(people(300, 2), 1))
    other = world.local("m", row=ROW)
    assert other.explained is not None
    assert found.explained.digest == other.explained.digest


def test_a_new_row_and_a_pushed_one_get_the_same_words(world: World, uris: Uris) -> None:
    words = {"debt": FeatureWords(label="Debt ratio", raises="{label} of {value} raised the risk (odds x {odds})")}
    words["region"] = FeatureWords(sensitive=True)
    world.model("trees", uris["trees"], rows_of(people(900, 2), 40), words=words)
    pushed = people(50, 9)
    batch = world.batch("trees", rows_of(pushed, 1))
    one = pushed.iloc[7]
    income = None if np.isnan(one["income"]) else float(one["income"])
    row = {"region": one["region"], "age": one["age"], "income": income, "debt": one["debt"]}
    new, old = world.local("trees", row=row), world.local("trees", row_id="p7")
    assert (old.batch, old.row_id) == (batch, "p7")
    assert new.decision is not None
    assert old.decision is not None
    assert new.decision.contributions == old.decision.contributions
    assert new.decision.reasons == old.decision.reasons
    assert new.additivity.state == "exact"
    decision = world.local("trees", row=ROW).decision
    assert decision is not None
    total = decision.base_value + sum(part.contribution for part in decision.contributions) + decision.other
    assert total == pytest.approx(decision.prediction)
    assert decision.answer == pytest.approx(1 / (1 + np.exp(-decision.prediction)))
    assert decision.reasons[0].startswith("Debt ratio of 0.9 raised the risk (odds x ")
    assert any("(a sensitive feature)" in said for said in decision.reasons)


def test_a_what_if_changes_what_is_named_and_nothing_else(world: World, uris: Uris) -> None:
    world.model("trees", uris["trees"], rows_of(people(900, 2), 40))
    found = world.local("trees", row=ROW, changes={"debt": 0.1})
    less = world.local("trees", row={**ROW, "debt": 0.1}).decision
    assert found.decision is not None
    assert found.after is not None
    assert less is not None
    assert found.after.prediction == pytest.approx(less.prediction)
    assert found.after.prediction < found.decision.prediction
    values = {part.feature: part.value for part in found.after.contributions}
    assert (values["debt"], values["age"]) == (0.1, 30)


def test_the_likeliest_of_many_classes_is_explained_or_the_one_asked_for(world: World, uris: Uris) -> None:
    world.model("many", uris["many"], rows_of(people(300, 2), 1))
    likeliest = world.local("many", row=ROW)
    assert (likeliest.output_class, likeliest.additivity.state) == ("high", "exact")
    assert "of 3 classes 'high' is explained" in likeliest.warnings
    assert world.local("many", row=ROW, output_class="old").output_class == "old"
    assert "has no output 'none'; it has 'high'" in str(world.local("many", row=ROW, output_class="none").reason)


def test_a_batch_is_explained_otherwise_when_somebody_asks(world: World, uris: Uris) -> None:
    world.model("trees", uris["trees"], rows_of(people(300, 2), 1))
    batch = world.batch("trees", rows_of(people(400, 3), 1))
    live = world.explained("trees", batch)
    asked = world.ask("trees", batch=batch, sample=100, perturbation="path_dependent")
    assert asked.type == "explanation"
    assert (asked.rows, asked.rows_total, asked.method, asked.perturbation) == (
        100,
        400,
        "cover_tables",
        "path_dependent",
    )
    assert asked.features[0].interval is not None
    assert asked.features[0].interval[0] < asked.features[0].importance < asked.features[0].interval[1]
    again = world.explained("trees", batch)
    assert again == live
    refused = world.ask("trees", batch=batch, perturbation="path_dependent", output_class="no")
    assert "has no output 'no'" in str(refused.reason)
