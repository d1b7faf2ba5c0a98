"""Text and times: what is derived of them, counted by hand; merging, bytes, types."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from bellwether.contracts import Column, Kind, Role
from bellwether.profile import (
    CategoricalReference,
    CategoricalWindow,
    DerivedReference,
    DerivedWindow,
    NumericReference,
    NumericWindow,
    ReferenceProfile,
    Unusable,
    WindowProfile,
    fit,
    window,
)

WORDS = [f"word{i}" for i in range(400)]
START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday


def column(name: str, kind: Kind, role: Role = "feature") -> Column:
    return Column(name=name, role=role, kind=kind, dtype="")


def sentences(g: np.random.Generator, rows: int, words: list[str] = WORDS, length: float = 8.0) -> pa.Array:
    return pa.array([" ".join(g.choice(words, 1 + g.poisson(length))) for _ in range(rows)], pa.string())


def text_of(reference: pa.Array) -> tuple[ReferenceProfile, DerivedReference]:
    profile = fit(pa.table({"t": reference}), [column("t", "text")])
    part = profile.parts["t"]
    assert isinstance(part, DerivedReference)
    return profile, part


def counted(profile: ReferenceProfile, values: pa.Array | pa.ChunkedArray) -> DerivedWindow:
    part = window(pa.table({"t": values}), profile).parts["t"]
    assert isinstance(part, DerivedWindow)
    return part


def mean(reference: DerivedReference, found: DerivedWindow, name: str) -> float:
    before, now = reference.parts[name], found.parts[name]
    assert isinstance(before, NumericReference)
    assert isinstance(now, NumericWindow)
    return before.mean + now.total / now.n


def test_a_text_is_counted_as_by_hand() -> None:
    profile, part = text_of(sentences(np.random.default_rng(1), 400))
    found = counted(profile, pa.array(["word1, WORD2! word1 99", "déjà vu", "", "  ", None, "word3"]))
    assert (found.rows, found.missing) == (6, 1)
    assert mean(part, found, "characters") == pytest.approx((22 + 7 + 0 + 2 + 5) / 5)
    assert mean(part, found, "words") == pytest.approx((4 + 2 + 0 + 0 + 1) / 5)
    assert mean(part, found, "digits") == pytest.approx((5 / 22 + 0 + 0 + 1 / 5) / 4)
    assert mean(part, found, "non_ascii") == pytest.approx((0 + 2 / 7 + 0 + 0) / 4)
    assert mean(part, found, "unknown_words") == pytest.approx((1 / 4 + 1 + 0) / 3)
    groups = found.parts["word_groups"]
    assert isinstance(groups, CategoricalWindow)
    assert groups.missing == 3


def test_rows_weigh_alike_in_groups_of_words_whatever_their_length() -> None:
    g = np.random.default_rng(2)
    rows = [" ".join(["long"] * 500), *["short"] * 9]
    profile, _ = text_of(sentences(g, 300))
    groups = counted(profile, pa.array(rows * 20)).parts["word_groups"]
    assert isinstance(groups, CategoricalWindow)
    assert groups.n == pytest.approx(200, abs=2)
    assert max([*groups.counts, *groups.unseen.values()]) >= 180


def test_known_words_are_not_judged_by_the_rows_they_are_from() -> None:
    """Every second row has a word of its own, in reference and window alike: that share must not look like drift."""
    g = np.random.default_rng(3)

    def rows(begin: int) -> pa.Array:
        common = sentences(g, 2_000).to_pylist()
        return pa.array([f"{text} own{begin + i}" for i, text in enumerate(common)])

    profile, part = text_of(rows(0))
    unknown = part.parts["unknown_words"]
    assert isinstance(unknown, NumericReference)
    assert unknown.rows == 1_000
    assert mean(part, counted(profile, rows(10_000)), "unknown_words") == pytest.approx(unknown.mean, rel=0.05)
    assert unknown.mean > 0.05


def test_windows_of_text_and_times_add_up_to_the_single_pass() -> None:
    g = np.random.default_rng(4)
    clock = [START + timedelta(minutes=int(m)) for m in np.sort(g.integers(0, 20_000, 900))]
    table = pa.table(
        {
            "t": sentences(g, 900),
            "d": pa.array(
                [at - timedelta(hours=float(h)) for at, h in zip(clock, g.exponential(50, 900), strict=True)]
            ),
            "at": pa.array(clock),
        }
    )
    columns = [column("t", "text"), column("d", "datetime"), column("at", "datetime", "time")]
    profile = fit(table.slice(0, 400), columns)
    whole = window(table, profile)
    pieces = [window(table.slice(start, 250), profile) for start in range(0, 900, 250)]
    total = pieces[0]
    for piece in pieces[1:]:
        total = total + piece
    for name in ("t", "d"):
        one, two = whole.parts[name], total.parts[name]
        assert isinstance(one, DerivedWindow)
        assert isinstance(two, DerivedWindow)
        assert (one.rows, one.missing, one.span) == (two.rows, two.missing, two.span)
        for of, part in one.parts.items():
            other = two.parts[of]
            tolerance = len(pieces) / 2 if of == "word_groups" else 0  # each piece rounds a group to whole rows
            assert np.abs(part.counts - other.counts).max() <= tolerance
    assert WindowProfile.from_bytes(total.to_bytes()).to_bytes() == total.to_bytes()
    again = ReferenceProfile.from_bytes(profile.to_bytes())
    assert again.digest == profile.digest
    assert window(table, again).to_bytes() == whole.to_bytes()


def test_times_are_compared_by_hour_weekday_and_age_and_never_by_value() -> None:
    at = pa.array([START + timedelta(hours=h) for h in range(24 * 14)])
    table = pa.table({"d": at, "at": pa.array([START + timedelta(hours=h, days=3) for h in range(24 * 14)])})
    columns = [column("d", "datetime"), column("at", "datetime", "time")]
    part = fit(table, columns).parts["d"]
    assert isinstance(part, DerivedReference)
    hours, days, age = (part.parts[name] for name in ("hour", "weekday", "age_days"))
    assert isinstance(hours, CategoricalReference)
    assert isinstance(days, CategoricalReference)
    assert isinstance(age, NumericReference)
    assert dict(zip(hours.levels, hours.counts, strict=True)) == {f"{h:02}:00": 14 for h in range(24)}
    assert dict(zip(days.levels, days.counts, strict=True))["Monday"] == 48
    assert (age.constant, age.mean) == (True, 3.0)
    without = fit(table, columns[:1]).parts["d"]
    assert isinstance(without, DerivedReference)
    assert set(without.parts) == {"hour", "weekday"}


@pytest.mark.parametrize("kind", ["text", "datetime"])
def test_another_type_than_the_reference_has_is_said(kind: Kind) -> None:
    values = {"text": pa.array(["a b c", None]), "datetime": pa.array([START, None])}
    profile = fit(pa.table({"t": values[kind]}), [column("t", kind)])
    other = values["datetime" if kind == "text" else "text"]
    for wrong in (other, pa.array([1.0, 2.0])):
        part = window(pa.table({"t": wrong}), profile).parts["t"]
        assert isinstance(part, Unusable)
        assert part.reason == "type_changed"
    for empty in (pa.array([None, None]), values[kind].slice(0, 0), pa.chunked_array([], values[kind].type)):
        assert counted(profile, empty).rows == len(empty)
