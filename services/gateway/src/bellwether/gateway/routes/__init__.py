"""Every operation of the API: one tuple of rows per subject."""

from bellwether.gateway.routes import (
    analyses,
    batches,
    catalogue,
    dead_letters,
    drift,
    events,
    explanations,
    fleet,
    health,
    keys,
    lineage,
    models,
    performance,
    pipelines,
    previews,
    quality,
    session,
    sources,
)

ENDPOINTS = (
    *models.ENDPOINTS,
    *batches.ENDPOINTS,
    *drift.ENDPOINTS,
    *performance.ENDPOINTS,
    *quality.ENDPOINTS,
    *analyses.ENDPOINTS,
    *lineage.ENDPOINTS,
    *explanations.ENDPOINTS,
    *fleet.ENDPOINTS,
    *sources.ENDPOINTS,
    *pipelines.ENDPOINTS,
    *previews.ENDPOINTS,
    *catalogue.ENDPOINTS,
    *keys.ENDPOINTS,
    *session.ENDPOINTS,
    *dead_letters.ENDPOINTS,
    *events.ENDPOINTS,
)

ROOT = health.ENDPOINTS
"""Operations at the root: they need no key."""

__all__ = ["ENDPOINTS", "ROOT"]
