"""What is generated from the methods is what the methods say."""

from pathlib import Path

from bellwether.contracts import catalogue as generated
from bellwether.drift import catalogue
from bellwether.drift.methods import METHODS
from bellwether.drift.multivariate import JOINT
from bellwether.drift.performance import METRICS

ROOT = Path(__file__).parents[3]
REMEDY = "run: python -m bellwether.drift.catalogue"


def test_the_catalogue_holds_every_method() -> None:
    assert catalogue.entries() == generated.METHODS, REMEDY
    slugs = [*(method.slug for method in METHODS), *(method.slug for method in JOINT)]
    assert [one.slug for one in generated.METHODS] == slugs
    assert tuple(catalogue.metric_entry(metric) for metric in METRICS) == generated.METRICS, REMEDY
    assert (ROOT / catalogue.MODULE).read_text(encoding="utf-8") == catalogue.module(), REMEDY


def test_the_page_of_the_methods_is_current() -> None:
    assert (ROOT / catalogue.PAGE).read_text(encoding="utf-8") == catalogue.page(), REMEDY
