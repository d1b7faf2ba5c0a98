from datetime import UTC, datetime, timedelta

import pytest

from bellwether.contracts import (
    Contribution,
    DriftReport,
    Issue,
    JointDrift,
    PerformanceReport,
    month_pk,
)
from bellwether.storage.collections import REPORTS
from bellwether.storage.documents import dump, parse
from bellwether.storage.port import Doc
from tests.integration.gateway.facts import FEATURES, analysed, assessed
from tests.integration.gateway.served import Api

DAYS = [datetime(2025, 12, 30, tzinfo=UTC) + timedelta(days=n) for n in range(5)]


@pytest.fixture
def batches(api: Api, model: str) -> list[str]:
    """Five batches across a year end; the third needs action."""
    return [analysed(api, model, day, score=10.0 * n, status="act" if n == 2 else "fine") for n, day in enumerate(DAYS)]


def test_before_the_first_batch_there_is_nothing(api: Api, model: str) -> None:
    assert api.get("/models/credit/drift").json() == {
        "latest": None,
        "trend": {"slope": None, "slope_p_value": None, "change_points": [], "points": []},
    }
    assert api.get("/models/credit/features").json() == {"batch": None, "items": [], "next": None}
    assert api.get("/models/credit/heatmap").json()["features"] == []
    assert api.get("/models/credit/features/age").status_code == 404


def test_the_series_runs_oldest_first(api: Api, model: str, batches: list[str]) -> None:
    points = api.get("/models/credit/drift").json()["trend"]["points"]
    assert [point["batch"] for point in points] == batches
    assert [point["score"] for point in points] == [0.0, 10.0, 20.0, 30.0, 40.0]
    assert points[2]["status"] == "act"


def test_a_window_has_both_its_ends(api: Api, model: str, batches: list[str]) -> None:
    query = {"from": "2025-12-31T00:00:00Z", "to": "2026-01-02T00:00:00+00:00"}
    points = api.get("/models/credit/drift", params=query).json()["trend"]["points"]
    assert [point["batch"] for point in points] == batches[1:4]
    assert [p["batch"] for p in api.get("/models/credit/drift?points=2").json()["trend"]["points"]] == batches[3:]


def test_the_newest_batch_is_told_even_before_the_overview_knows_it(api: Api, model: str, batches: list[str]) -> None:
    assessed(api, model, batch=batches[3], since=DAYS[0])
    latest = api.get("/models/credit/drift").json()["latest"]
    assert (latest["batch"], latest["sentence"], latest["threshold"]) == (batches[4], "The index is 40.", 40.0)
    assessed(api, model, batch=batches[4], since=DAYS[0], n_features=2)
    latest = api.get("/models/credit/drift").json()["latest"]
    assert (latest["sentence"], latest["since"]) == ("credit is fine.", "2025-12-30T00:00:00Z")


def test_a_report_is_answered_whole(api: Api, model: str, batches: list[str]) -> None:
    report = api.get(f"/models/credit/drift/{batches[2]}").json()
    assert report["batch"] == batches[2]
    assert report["overall"]["status"] == "act"
    assert [one["feature"] for one in report["features"]] == [name for name, _, _ in FEATURES]
    assert report["features"][0]["methods"][0]["method"] == "js"
    assert not {"id", "pk", "type", "schema_version"} & set(report)
    assert api.get(report["links"]["self"].removeprefix("/api/v1")).json()["id"] == batches[2]


def test_features_are_ranked_by_urgency_then_importance_times_drift(api: Api, model: str, batches: list[str]) -> None:
    found = api.get("/models/credit/features").json()
    assert found["batch"] == batches[4]
    ranks = {one["feature"]: one for one in found["items"]}
    assert [one["feature"] for one in found["items"]] == ["prediction", "age", "region/area"]
    assert ranks["age"]["rank_value"] == pytest.approx(0.2 * 0.5)
    assert (ranks["age"]["worst_status"], ranks["age"]["batches"], ranks["age"]["drifted_batches"]) == ("act", 5, 1)
    inside = api.get("/models/credit/features?to=2026-01-01T00:00:00Z&limit=1").json()
    assert (inside["batch"], len(inside["items"]), inside["items"][0]["status"]) == (batches[2], 1, "act")


def test_a_feature_has_a_series_and_a_distribution(api: Api, model: str, batches: list[str]) -> None:
    found = api.get("/models/credit/features/age").json()
    assert [point["batch"] for point in found["series"]] == batches
    assert (found["batch"], found["drift"]["sentence"]) == (batches[4], "age is fine.")
    shown = found["distribution"]
    assert [one["label"] for one in shown["bins"]] == ["to 20", "20 to 40", "above 40", "missing"]
    assert (shown["bins"][1]["low"], shown["bins"][1]["high"], shown["bins"][0]["low"]) == (20.0, 40.0, None)
    assert (shown["reference"], shown["current"]) == ([0.1, 0.2, 0.6, 0.1], [0.0, 0.3, 0.6, 0.1])


def test_a_feature_is_shown_in_the_batch_asked_for(api: Api, model: str, batches: list[str]) -> None:
    found = api.get("/models/credit/features/age", params={"batch": batches[2]}).json()
    assert (found["batch"], found["drift"]["status"], found["distribution"]["batch"]) == (batches[2], "act", batches[2])
    assert api.get("/models/credit/features/age?batch=x").status_code == 404


def test_a_feature_name_may_hold_a_slash(api: Api, model: str, batches: list[str]) -> None:
    link = next(
        one["links"]["self"] for one in api.get("/models/credit/features").json()["items"] if "/" in one["feature"]
    )
    found = api.call("GET", link).json()
    assert (found["feature"], [one["label"] for one in found["distribution"]["bins"]]) == (
        "region/area",
        ["N", "S", "missing"],
    )
    assert api.get("/models/credit/features/gr%C3%B6%C3%9Fe%2F%F0%9F%98%80").status_code == 404
    close = api.get("/models/credit/features/region%2Farae")
    assert close.json()["detail"] == "Model 'credit' has no input 'region/arae' there; it has region/area."


def test_the_heatmap_is_a_matrix_with_the_worst_on_top(api: Api, model: str, batches: list[str]) -> None:
    found = api.get("/models/credit/heatmap").json()
    assert [one["batch"] for one in found["batches"]] == batches
    assert found["features"] == ["age", "prediction", "region/area"]
    assert found["statuses"][0] == ["fine", "fine", "act", "fine", "fine"]
    assert found["scores"][0] == pytest.approx([0.0, 0.05, 0.1, 0.15, 0.2])
    assert found["thresholds"] == [0.2, 0.2, 0.2]
    cut = api.get("/models/credit/heatmap?features=1&batches=2").json()
    assert (len(cut["features"]), cut["hidden_features"], len(cut["statuses"][0])) == (1, 2, 2)


def test_what_methods_over_all_inputs_key_on_is_told(api: Api, model: str, batches: list[str]) -> None:
    joint = JointDrift(
        method="pca_error", value=0.4, threshold=0.1, p_value=1e-6, drifted=True, interval=(0.3, 0.5),
        rows=(5_000, 2_000), beside={"error": 2.0}, contributions=(Contribution(bin="age", share=0.9),),
    )  # fmt: skip
    stored(api, batches[1], multivariate=(joint,))
    (shown,) = api.get(f"/models/credit/drift/{batches[1]}").json()["multivariate"]
    assert (shown["method"], shown["interval"], shown["rows"]) == ("pca_error", [0.3, 0.5], [5_000, 2_000])
    assert shown["contributions"] == [{"bin": "age", "share": 0.9}]


def test_labels_that_came_later_tell_of_the_target_and_those_of_the_batch_come_first(
    api: Api, model: str, batches: list[str]
) -> None:
    assert api.patch("/models/credit", json={"roles": {"label": "label"}}, headers={"If-Match": "*"}).status_code == 200
    assert api.get(f"/models/credit/drift/{batches[1]}").json()["target"] is None
    said = parse(DriftReport, report_of(api, batches[1])).features[0]
    late, early = (
        said.model_copy(update={"feature": "label", "role": "label", "score": score}) for score in (0.3, 0.2)
    )
    performance = PerformanceReport(
        id=f"f~{batches[1]}", pk=month_pk("credit", batches[1]), model="credit", batch=batches[1], kind="realised",
        method="realised", end=DAYS[1], rows=100, labelled=60, key_metric="none", status="unknown", sentence="",
        metrics=(), target=late, created_at=DAYS[4],
    )  # fmt: skip
    api.documents.put(REPORTS, dump(performance))
    assert api.get(f"/models/credit/drift/{batches[1]}").json()["target"]["score"] == 0.3
    shown = api.get(f"/models/credit/features/label?batch={batches[1]}").json()
    assert (shown["drift"]["score"], [one["batch"] for one in shown["series"]]) == (0.3, [batches[1]])
    stored(api, batches[1], target=early)
    assert api.get(f"/models/credit/drift/{batches[1]}").json()["target"]["score"] == 0.2


def test_issues_are_told_in_words(api: Api, model: str, batches: list[str]) -> None:
    age = parse(DriftReport, report_of(api, batches[1])).features[0]
    unseen = Issue(kind="unseen", status="act", reference=0.0, current=0.25)
    twice = Issue(kind="repeated_rows", status="act", reference=0.01, current=0.3)
    stored(api, batches[1], features=(age.model_copy(update={"issues": (unseen,)}),), issues=(twice,))
    shown = api.get(f"/models/credit/drift/{batches[1]}").json()
    assert shown["issues"][0]["sentence"] == (
        "30 % of the rows repeat others; of the reference 1 % did: they may have been sent twice."
    )
    said = f"25 % of the values of {age.feature} were never seen in the reference."
    assert shown["features"][0]["issues"][0]["sentence"] == said
    found = api.get(f"/models/credit/features/{age.feature}?batch={batches[1]}").json()
    assert found["drift"]["issues"][0]["sentence"] == said


def report_of(api: Api, batch: str) -> Doc:
    doc = api.documents.get(REPORTS, month_pk("credit", batch), f"d~{batch}")
    assert doc is not None
    return doc


def stored(api: Api, batch: str, **changes: object) -> None:
    """Change a report as a worker would have written it."""
    api.documents.put(REPORTS, dump(parse(DriftReport, report_of(api, batch)).model_copy(update=changes)))
