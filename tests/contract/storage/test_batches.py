"""Several documents of one partition: all or none."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bellwether.errors import Conflict, InvalidInput, PreconditionFailed, TooLarge
from bellwether.storage.collections import Collection
from bellwether.storage.port import Create, Delete, Doc, Engine, Op, Replace, Upsert
from tests.contract.storage.engines import doc, ids, plain


def test_put_many_takes_a_hundred_documents_and_1_9_megabytes(store: Engine, coll: Collection) -> None:
    written = store.put_many(coll, "m1", (doc(f"{i:03}", n=i) for i in range(100)))
    assert ids(written) == [f"{i:03}" for i in range(100)]
    assert store.count(coll, "m1") == 100
    assert store.put_many(coll, "m1", []) == []
    with pytest.raises(TooLarge):
        store.put_many(coll, "m1", [doc(f"{i:03}") for i in range(101)])
    with pytest.raises(TooLarge):
        store.put_many(coll, "m1", [doc(f"{i}", body="x" * 500_000) for i in range(4)])


@pytest.mark.parametrize(
    "second",
    [doc("y", "m2"), doc("y", v=float("nan")), doc("x", n=2), doc("a/b")],
    ids=["other-partition", "nan", "same-id-twice", "bad-id"],
)
def test_a_refused_batch_writes_nothing(store: Engine, coll: Collection, second: Doc) -> None:
    with pytest.raises(InvalidInput):
        store.put_many(coll, "m1", [doc("x", n=1), second])
    with pytest.raises(InvalidInput):
        store.commit(coll, "m1", [Create(doc("x", n=1)), Upsert(second)])
    assert store.get(coll, "m1", "x") is None


# -- commit


def test_commit_does_every_kind_of_operation_at_once(store: Engine, coll: Collection) -> None:
    store.put(coll, doc("deleted"))
    store.put(coll, doc("upserted", n=1))
    etag = store.put(coll, doc("replaced", n=1))["_etag"]
    store.commit(
        coll,
        "m1",
        [
            Create(doc("created", n=2)),
            Replace(doc("replaced", n=2), etag),
            Upsert(doc("upserted", n=2)),
            Upsert(doc("new", n=2)),
            Delete("deleted"),
            Delete("never-was"),
        ],
    )
    found = store.query(coll, "m1").docs
    assert [plain(each) for each in found] == [doc(id_, n=2) for id_ in ("created", "new", "replaced", "upserted")]
    assert len({each["_etag"] for each in found} | {etag}) == 5


def test_commit_of_nothing_or_of_deletions_of_nothing_is_nothing(store: Engine, coll: Collection) -> None:
    store.commit(coll, "m1", [])
    store.commit(coll, "m1", [Delete("a"), Delete("b")])
    assert store.count(coll, "m1") == 0


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_taken_id_conflicts_and_nothing_is_written(store: Engine, coll: Collection, place: int) -> None:
    store.put(coll, doc("taken", n=1))
    store.put(coll, doc("other", n=1))
    ops: list[Op] = [Upsert(doc("other", n=2)), Create(doc("new"))]
    ops.insert(place, Create(doc("taken", n=2)))
    with pytest.raises(Conflict):
        store.commit(coll, "m1", ops)
    assert [(each["id"], each["n"]) for each in store.query(coll, "m1").docs] == [("other", 1), ("taken", 1)]


@pytest.mark.parametrize("gone", [False, True], ids=["changed", "vanished"])
def test_a_stale_etag_fails_and_nothing_is_written(store: Engine, coll: Collection, gone: bool) -> None:
    stale = store.put(coll, doc("state", n=1))["_etag"]
    store.put(coll, doc("state", n=2))
    if gone:
        store.delete(coll, "m1", "state")
    with pytest.raises(PreconditionFailed):
        store.commit(coll, "m1", [Create(doc("result")), Delete("other"), Replace(doc("state", n=3), stale)])
    assert store.get(coll, "m1", "result") is None
    assert store.count(coll, "m1") == (0 if gone else 1)


def test_a_fenced_step_that_runs_twice_is_done_once(store: Engine, coll: Collection) -> None:
    etag = store.put(coll, doc("state", step="received"))["_etag"]
    step: list[Op] = [Create(doc("result", n=1)), Replace(doc("state", step="done"), etag)]
    store.commit(coll, "m1", step)
    with pytest.raises(Conflict):
        store.commit(coll, "m1", step)
    with pytest.raises(PreconditionFailed):
        store.commit(coll, "m1", step[1:])
    assert plain(store.get(coll, "m1", "state"))["step"] == "done"


def test_commit_has_the_limits_of_a_batch(store: Engine, coll: Collection) -> None:
    store.commit(coll, "m1", [Create(doc(f"{i:03}")) for i in range(60)])
    store.commit(coll, "m1", [*(Create(doc(f"n{i:03}")) for i in range(40)), *(Delete(f"{i:03}") for i in range(60))])
    assert store.count(coll, "m1") == 40
    with pytest.raises(TooLarge):
        store.commit(coll, "m1", [*(Create(doc(f"x{i:03}")) for i in range(100)), Delete("y")])
    with pytest.raises(TooLarge):
        store.commit(coll, "m1", [Create(doc(f"x{i}", body="x" * 500_000)) for i in range(4)])
    with pytest.raises(InvalidInput):
        store.commit(coll, "m1", [Create(doc("x")), Delete("x")])
    with pytest.raises(InvalidInput):
        store.commit(coll, "m1", [Create(doc("x")), Delete("a/b")])
    assert store.count(coll, "m1") == 40


def test_of_many_committers_exactly_one_wins(store: Engine, coll: Collection) -> None:
    for round_ in range(5):
        etag = store.put(coll, doc("state", winner=None, round=round_))["_etag"]

        def commit(worker: int, round_: int = round_, etag: str = etag) -> bool:
            try:
                store.commit(
                    coll,
                    "m1",
                    [Create(doc(f"result-{round_}", winner=worker)), Replace(doc("state", winner=worker), etag)],
                )
            except (Conflict, PreconditionFailed):
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(commit, range(8)))
        assert outcomes.count(True) == 1
        result = plain(store.get(coll, "m1", f"result-{round_}"))
        assert result["winner"] == plain(store.get(coll, "m1", "state"))["winner"] == outcomes.index(True)
