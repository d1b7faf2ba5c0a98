"""Likely causes as the API answers them."""

from bellwether.gateway.lineage.answers import RootCauseOut
from bellwether.gateway.lineage.scope import Scope


def unknown(scope: Scope, report: str | None, reason: str) -> RootCauseOut:
    """Return that nothing can be said, and why."""
    return RootCauseOut(
        model=scope.model,
        report=report,
        batch=None,
        onset=None,
        status="unknown",
        reason=reason,
        sentence=f"No cause can be named: {reason}.",
        causes=(),
        sources=scope.sources,
    )
