"""The same promises over the other engine: tests written for SQLite, run against the Cosmos test server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bellwether.objects import open_objects
from bellwether.settings import Cosmos, Gateway, Limits, Settings
from bellwether.storage.factory import open_engine, provision
from bellwether.testing.cosmos_server import CosmosServer
from tests.integration.gateway import (
    test_dead_letters,
    test_drift,
    test_events,
    test_fleet,
    test_keys,
    test_models,
    test_pushes,
    test_sessions,
)
from tests.integration.gateway.served import Api, Clock, RecordingBus, with_reference

Test = Callable[..., None]


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with CosmosServer(partitions=3) as server:
        settings = Settings(
            home=tmp_path,
            store_url=f"cosmos+{server.url}",
            cosmos=Cosmos(key=server.key),
            limits=Limits(body_bytes=1_000_000),
            gateway=Gateway(requests_per_second=10_000, burst=100_000, store_threads=2),
        )
        provision(settings)
        api = Api(settings, open_engine(settings, "test"), open_objects(settings.objects), RecordingBus(), Clock())
        yield api
        api.close()


@pytest.mark.parametrize(
    "promise",
    [
        test_models.test_a_new_model_is_there_at_once,
        test_models.test_the_same_definition_again_is_the_same_model,
        test_models.test_another_definition_of_the_name_is_refused_and_changes_nothing,
        test_models.test_a_change_names_the_version_it_changes,
        test_models.test_versions_are_listed_newest_first_and_the_newest_is_in_use,
        test_models.test_models_come_in_pages_by_name,
        test_keys.test_a_deleted_key_is_refused_at_once,
        test_keys.test_a_request_that_made_a_key_makes_no_second,
        test_sessions.test_signing_out_ends_the_session,
        test_sessions.test_a_session_ends_with_its_key,
    ],
    ids=lambda test: test.__name__,
)
def test_a_promise_holds(promise: Test, api: Api) -> None:
    promise(api)


@pytest.mark.parametrize(
    "promise",
    [
        test_models.test_a_deleted_model_is_gone_at_once_and_its_name_is_kept_until_it_is_forgotten,
        test_models.test_only_the_version_that_was_read_is_deleted_when_the_caller_says_so,
        test_pushes.test_a_push_is_stored_as_it_is_and_announced,
        test_pushes.test_a_batch_is_analysed_once_it_has_a_report,
        test_pushes.test_batches_come_in_pages_newest_first_across_months,
        test_pushes.test_an_earlier_reference_pushed_again_is_put_in_force_again,
        test_drift.test_before_the_first_batch_there_is_nothing,
    ],
    ids=lambda test: test.__name__,
)
def test_a_promise_about_a_model_holds(promise: Test, api: Api) -> None:
    promise(api, with_reference(api))


def test_the_same_push_again_is_the_same_batch(api: Api) -> None:
    test_pushes.test_the_same_push_again_is_the_same_batch(api, with_reference(api), "?key=monday")


def test_dead_letters_are_paged_and_replayed(api: Api) -> None:
    ledger = test_dead_letters.ledger.__wrapped__(api)  # type: ignore[attr-defined]  # what the fixture gives
    test_dead_letters.test_a_replayed_letter_is_work_again(api, ledger)
    test_dead_letters.test_dead_letters_come_in_pages_newest_first(api, ledger)


def test_the_fleet_is_sorted_and_measured(api: Api) -> None:
    fleet = test_fleet.fleet.__wrapped__(api)  # type: ignore[attr-defined]  # what the fixture gives
    test_fleet.test_pages_of_the_fleet_follow_one_another(fleet)
    test_fleet.test_gauges_say_what_the_store_says_at_this_moment(fleet)


def test_who_comes_back_hears_what_was_missed(api: Api) -> None:
    feed = test_events.feed.__wrapped__(api)  # type: ignore[attr-defined]  # what the fixture gives
    test_events.test_who_comes_back_hears_what_was_missed(api, feed)
