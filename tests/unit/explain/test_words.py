"""Reasons in words: the largest, sure ones, and the rest in one line."""

import pytest

from bellwether.contracts import Cell, FeatureWords, LocalContribution, Output
from bellwether.explain.words import Tongue, reasons, text


def part(name: str, contribution: float, value: Cell = 1.5, error: float | None = None) -> LocalContribution:
    return LocalContribution(feature=name, value=value, contribution=contribution, std_error=error)


def tongue(output: Output = "margin", named: str | None = "bad", outputs: int = 1, **words: FeatureWords) -> Tongue:
    return Tongue(output, named, outputs, words)


def test_odds_are_factors_and_the_rest_is_one_line() -> None:
    parts = [part("a", 0.6931471805599453), part("b", -0.4), *(part(f"x{i}", 0.05) for i in range(6))]
    said = reasons(parts, 0.1, tongue())
    assert said[0] == "a 1.5 raised the odds of bad to 2.00 times."
    assert said[1] == "b 1.5 lowered the odds of bad to 0.67 times."
    assert len(said) == 6
    assert said[-1].startswith("Everything else together raised the odds of bad to 1.28 times")


@pytest.mark.parametrize(
    ("spoken", "wanted"),
    [
        (tongue("probability"), "raised the probability of bad by 20.0 points."),
        (tongue("value", None), "raised the answer by 0.2."),
        (tongue("margin", "c", 3), "raised the score of c by 0.2."),
        (tongue("margin", None), "raised the expected value to 1.22 times."),
    ],
)
def test_each_space_has_its_own_words(spoken: Tongue, wanted: str) -> None:
    assert reasons([part("a", 0.2)], 0.0, spoken) == (f"a 1.5 {wanted}",)


def test_an_estimate_is_about_and_what_may_be_noise_is_no_reason() -> None:
    said = reasons([part("a", 0.5, error=0.1), part("b", 0.4, error=0.3)], 0.0, tongue("value", None))
    assert said == ("a 1.5 raised the answer by about 0.5.", "Everything else together raised the answer by 0.4.")


def test_a_template_is_filled_once_and_a_value_fills_nothing() -> None:
    words = FeatureWords(label="Job", unit="y", raises="{label}={value}{unit} {contribution} {odds}", code="R1")
    found = reasons([part("a", 0.5, value="{odds}")], 0.0, tongue(a=words))
    assert found == ("[R1] Job={odds}y +0.5 1.65",)
    lowers = reasons([part("a", -0.5, value=None)], 0.0, tongue(a=words.model_copy(update={"sensitive": True})))
    assert lowers == ("[R1] Job missing lowered the odds of bad to 0.61 times. (a sensitive feature)",)


def test_nothing_moves_nothing() -> None:
    assert reasons([part("a", 0.0)], 0.0, tongue()) == ()


@pytest.mark.parametrize(
    ("value", "wanted"), [(None, "missing"), (True, "yes"), (0.123456, "0.1235"), (7, "7"), ("x", "x")]
)
def test_values_are_written_as_they_are_read(value: Cell, wanted: str) -> None:
    assert text(value) == wanted
