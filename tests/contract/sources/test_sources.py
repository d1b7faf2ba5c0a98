"""What every source promises, over the wire."""

from datetime import timedelta

import pytest

from bellwether.collector.sources import Found, SourceFault
from bellwether.contracts import Cursor, Observed, PipelineRun, TrainingRun
from tests.sources import MINUTE, NOW, PLANTED, Outside, opened

# MLflow's own code warns of what its libraries will change.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


def runs(found: list[Found]) -> list[str]:
    return [one.run_id for page in found for one in page.documents if isinstance(one, PipelineRun | TrainingRun)]


def states(found: list[Found]) -> list[tuple[str, str]]:
    return [(one.id, one.digest) for page in found for one in page.documents]


def test_an_empty_source_gives_a_complete_page(outside: Outside) -> None:
    found = list(opened(outside.source()).poll(None, NOW))
    assert runs(found) == []
    assert [page.complete for page in found][-1:] == [True]
    assert sum(page.complete for page in found) == 1


def test_it_reads_the_oldest_first_and_every_run_once(outside: Outside) -> None:
    wanted = [outside.add(number, NOW - (10 - number) * MINUTE) for number in (3, 1, 2, 0, 5, 4, 7, 6)]
    found = list(opened(outside.source()).poll(None, NOW))
    by_time = [id for _, id in sorted(zip((3, 1, 2, 0, 5, 4, 7, 6), wanted, strict=True))]
    assert runs(found) == by_time
    assert not any(page.bad for page in found)


def test_it_goes_on_after_its_cursor(outside: Outside) -> None:
    port = opened(outside.source())
    outside.add(1, NOW - 30 * MINUTE)
    first = list(port.poll(None, NOW))
    assert runs(list(port.poll(first[-1].cursor, NOW + MINUTE))) == []
    late = outside.add(2, NOW - 10 * MINUTE)  # within the overlap, though others were read since
    new = outside.add(3, NOW + MINUTE)
    assert runs(list(port.poll(first[-1].cursor, NOW + 2 * MINUTE))) == [late, new]


def test_the_same_poll_twice_says_the_same(outside: Outside) -> None:
    for number in range(5):
        outside.add(number, NOW - number * MINUTE, failed=number == 2)
    first = list(opened(outside.source()).poll(None, NOW))
    assert states(list(opened(outside.source()).poll(None, NOW))) == states(first)
    assert {one.received_at for page in first for one in page.documents} == {NOW}  # no clock was read


def test_a_late_change_within_the_overlap_is_seen(outside: Outside) -> None:
    port = opened(outside.source())
    id = outside.add(1, NOW - 10 * MINUTE)
    before = list(port.poll(None, NOW))
    outside.change(id, NOW)
    after = list(port.poll(before[-1].cursor, NOW + MINUTE))
    assert runs(after) == [id]
    assert states(after) != states(before)
    assert states(after)[0][0] == states(before)[0][0]  # the same thing in another state


def test_any_page_can_be_the_last_one_seen(outside: Outside) -> None:
    wanted = {outside.add(number, NOW - number * MINUTE) for number in range(8)}
    pages = list(opened(outside.source()).poll(None, NOW))
    for seen in range(len(pages)):
        kept: Cursor | None = pages[seen - 1].cursor if seen else None
        rest = list(opened(outside.source()).poll(kept, NOW + MINUTE))
        assert {*runs(pages[:seen]), *runs(rest)} == wanted


def test_a_window_of_the_past_holds_its_runs_and_no_other(outside: Outside) -> None:
    inside = {outside.add(number, NOW - timedelta(hours=2 + number)) for number in range(3)}
    outside.add(8, NOW - timedelta(hours=30))
    outside.add(9, NOW - MINUTE)
    day = opened(outside.source()).backfill(NOW - timedelta(hours=24), NOW - timedelta(hours=1))
    assert {one.run_id for one in day.documents if isinstance(one, PipelineRun | TrainingRun)} == inside


def test_no_secret_is_in_what_it_gives(outside: Outside) -> None:
    outside.add(1, NOW - MINUTE)
    found = list(opened(outside.source()).poll(None, NOW))
    text = "".join(one.model_dump_json() for page in found for one in page.documents)
    assert "(not kept)" in text
    assert PLANTED not in text


def test_one_cheap_call_tells_whether_it_is_there(outside: Outside) -> None:
    assert opened(outside.source()).check()


def test_a_run_keeps_its_times_and_status(outside: Outside) -> None:
    outside.add(1, NOW - MINUTE, failed=True)
    document: Observed = next(one for page in opened(outside.source()).poll(None, NOW) for one in page.documents)
    assert isinstance(document, PipelineRun | TrainingRun)
    assert (document.start, document.end, document.status) == (NOW - 6 * MINUTE, NOW - MINUTE, "FAILED")


@pytest.mark.parametrize("kind", ["factory", "experiment"])
def test_what_is_not_there_is_said_in_our_words(kind: str, request: pytest.FixtureRequest) -> None:
    outside: Outside = request.getfixturevalue(kind)
    source = outside.source()
    where = {"endpoint": "http://127.0.0.1:9"} if kind == "factory" else {"url": "http://127.0.0.1:9"}
    away = source.model_copy(update={"settings": source.settings.model_copy(update=where)})
    with pytest.raises(SourceFault) as caught:
        opened(away).check()
    assert (caught.value.condition, bool(caught.value.fix)) == ("unreachable", True)
    assert caught.value.__cause__ is None or not isinstance(caught.value.__cause__, SourceFault)
