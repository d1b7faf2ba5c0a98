import pytest

from bellwether.embedded.demo import settings


def test_six_weeks_are_replayed_as_fast_as_they_are_taken() -> None:
    assert settings.load({}) == settings.DemoSettings(days=35, speed=0.0)


def test_the_environment_chooses() -> None:
    environ = {"BELLWETHER_DEMO_DAYS": "0", "BELLWETHER_DEMO_SPEED": "2.5", "BELLWETHER_HOME": "var"}
    assert settings.load(environ) == settings.DemoSettings(days=0, speed=2.5)


@pytest.mark.parametrize("wrong", [{"DAYS": "-1"}, {"SPEED": "inf"}, {"SPEED": "fast"}, {"DAY": "3"}])
def test_what_is_mistyped_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"days|speed|DAY"):
        settings.load({f"BELLWETHER_DEMO_{name}": value for name, value in wrong.items()})
