"""Fitting a report into the documents a store takes, by leaving out what matters least; pure."""

from collections.abc import Callable, Sequence

from bellwether.contracts import SEVERITY, Document, DriftPoint, DriftReport, FeatureDrift, ReportBins

LIMIT = 1_700_000
"""Bytes the three documents may hold together; a store takes 1.9 million in one step."""
DETAILED = 100
"""Features, worst first, that keep everything said about them."""


def fitted(report: DriftReport, point: DriftPoint, bins: ReportBins) -> Sequence[Document]:
    """Return the documents of a report, small enough to be written in one step.

    Left out, in this order until it fits: pictures of columns that are fine, companion methods and
    contributions of columns that are fine, both of all but the worst, the pictures of all but the worst, all
    methods but the headline.
    """
    for step in (_whole, _fine_pictures, _fine_details, _details, _pictures, _bare):
        report, bins = step(report, bins)
        documents = (report, point, bins)
        if sum(len(one.model_dump_json().encode()) for one in documents) <= LIMIT:
            return documents
    return (report, point, bins)


def _whole(report: DriftReport, bins: ReportBins) -> tuple[DriftReport, ReportBins]:
    return report, bins


def _fine_pictures(report: DriftReport, bins: ReportBins) -> tuple[DriftReport, ReportBins]:
    return report, _keep(bins, {one.feature for one in report.features if one.status != "fine"})


def _fine_details(report: DriftReport, bins: ReportBins) -> tuple[DriftReport, ReportBins]:
    return _slim(report, lambda one: one.status != "fine"), bins


def _details(report: DriftReport, bins: ReportBins) -> tuple[DriftReport, ReportBins]:
    worst = _worst(report)
    return _slim(report, lambda one: one.feature in worst), bins


def _pictures(report: DriftReport, bins: ReportBins) -> tuple[DriftReport, ReportBins]:
    return report, _keep(bins, _worst(report))


def _bare(report: DriftReport, bins: ReportBins) -> tuple[DriftReport, ReportBins]:
    worst = _worst(report)
    features = tuple(
        one if one.feature in worst else one.model_copy(update={"methods": (), "sentence": ""})
        for one in report.features
    )
    return report.model_copy(update={"features": features}), bins


def _keep(bins: ReportBins, names: set[str]) -> ReportBins:
    first = bins.features[:1]  # what the model answered
    rest = tuple(one for one in bins.features[1:] if one.feature in names)
    return bins.model_copy(update={"features": (*first, *rest)})


def _slim(report: DriftReport, whole: Callable[[FeatureDrift], bool]) -> DriftReport:
    features = tuple(
        one if whole(one) else one.model_copy(update={"methods": one.methods[:1], "contributions": ()})
        for one in report.features
    )
    return report.model_copy(update={"features": features})


def _worst(report: DriftReport) -> set[str]:
    ordered = sorted(report.features, key=lambda one: (-SEVERITY[one.status], -(one.score or 0.0)))
    return {one.feature for one in ordered[:DETAILED]}
