"""Sums of months: kept once, found again, another sum as soon as a month has other members."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from bellwether.contracts import Batch, Column, Reference, fact_id, month_pk
from bellwether.drift.rebasing import merged
from bellwether.drift.rollups import Rollups
from bellwether.objects.folder import FolderObjects
from bellwether.profile import NumericWindow, ReferenceProfile, WindowProfile, fit, window

NOW = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = (Column(name="x", role="feature", kind="numeric", dtype="double"),)


class Counting(FolderObjects):
    """Notes which keys are read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.read: list[str] = []

    def get(self, key: str) -> bytes:
        self.read.append(key)
        return super().get(key)


class World:
    """A reference, and a batch every other day."""

    def __init__(self, folder: Path) -> None:
        self.objects = Counting(folder)
        self.profile: ReferenceProfile = fit(self.rows(0, 2_000), COLUMNS)
        self.reference = Reference(
            id="reference", pk="m", model="m", reference="r", state="ready", media_type="x", raw_uri="x", digest="x",
            profile_digest=self.profile.digest, submitted_at=NOW,
        )  # fmt: skip
        self.batches = [self.batch(day) for day in range(0, 120, 2)]

    def rows(self, seed: int, n: int) -> pa.Table:
        return pa.table({"x": np.random.default_rng(seed).normal(size=n)})

    def batch(self, day: int) -> Batch:
        time = NOW + timedelta(days=day)
        id = fact_id(time, "batch", "m", str(day))
        key = f"profiles/m/{id}.arrow"
        self.objects.put(key, window(self.rows(day + 1, 200 + day), self.profile).to_bytes())
        return Batch(
            id=id, pk=month_pk("m", id), model="m", state="accepted", media_type="x", raw_uri="x", digest="x",
            rows=200 + day, profile_uri=key, reference="r", submitted_at=time,
        )  # fmt: skip

    def merged(self) -> tuple[WindowProfile, int]:
        """The sum of all batches, and how many objects were read for it."""
        before = len(self.objects.read)
        found = Rollups(self.objects).merged(self.batches, self.reference)
        assert found is not None
        return found, len(self.objects.read) - before

    def by_hand(self) -> WindowProfile:
        found = merged(WindowProfile.from_bytes(self.objects.get(str(one.profile_uri))) for one in self.batches)
        assert found is not None
        return found


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def counts(profile: WindowProfile) -> list[int]:
    part = profile.parts["x"]
    assert isinstance(part, NumericWindow)
    return list(part.counts.tolist())


def test_months_inside_are_read_as_one_from_the_second_time_on(world: World) -> None:
    months = [one.pk for one in world.batches]
    first, last = (months.count(which) for which in (months[0], months[-1]))
    inside = len(set(months)) - 2
    assert inside == 2
    before, reads = world.merged()
    assert reads == len(world.batches) + inside
    after, reads = world.merged()
    assert reads == first + inside + last
    assert counts(before) == counts(after) == counts(world.by_hand())
    assert before.rows == after.rows == sum(one.rows for one in world.batches)
    assert len(list(world.objects.list("profiles/m/sums"))) == inside


def test_a_batch_that_came_late_makes_another_sum(world: World) -> None:
    world.merged()
    world.batches = sorted([*world.batches, world.batch(41)], key=lambda one: one.id)
    found, _ = world.merged()
    assert counts(found) == counts(world.by_hand())
    assert len(list(world.objects.list("profiles/m/sums"))) == 3


def test_what_is_forgotten_is_left_out_and_its_month_not_kept(world: World) -> None:
    gone = next(one for one in world.batches if one.pk == "m|2026-02")
    world.objects.delete(str(gone.profile_uri))
    found, _ = world.merged()
    assert found.rows == sum(one.rows for one in world.batches) - gone.rows
    assert len(list(world.objects.list("profiles/m/sums"))) == 1


def test_batches_of_another_reference_are_left_out(world: World) -> None:
    other = [one.model_copy(update={"reference": "another"}) for one in world.batches[:5]]
    world.batches = [*other, *world.batches[5:]]
    found, _ = world.merged()
    assert found.rows == sum(one.rows for one in world.batches[5:])
    newer = world.reference.model_copy(update={"profile_digest": "0" * 64})
    assert Rollups(world.objects).merged(world.batches, newer) is None
