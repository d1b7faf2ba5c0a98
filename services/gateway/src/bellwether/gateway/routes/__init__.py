"""Every operation of the API: one tuple of rows per subject."""

from bellwether.gateway.routes import (
    analyses,
    annotations,
    batches,
    catalogue,
    channels,
    dead_letters,
    drift,
    events,
    explanations,
    fleet,
    health,
    incidents,
    keys,
    kpis,
    lineage,
    models,
    performance,
    pipelines,
    previews,
    quality,
    reports,
    rules,
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
    *kpis.ENDPOINTS,
    *reports.ENDPOINTS,
    *incidents.ENDPOINTS,
    *annotations.ENDPOINTS,
    *rules.ENDPOINTS,
    *channels.ENDPOINTS,
    *catalogue.ENDPOINTS,
    *keys.ENDPOINTS,
    *session.ENDPOINTS,
    *dead_letters.ENDPOINTS,
    *events.ENDPOINTS,
)

ROOT = health.ENDPOINTS
"""Operations at the root: they need no key."""

__all__ = ["ENDPOINTS", "ROOT"]
