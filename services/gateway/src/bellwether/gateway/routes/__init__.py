"""Every operation of the API: one tuple of rows per subject."""

from bellwether.gateway.routes import (
    batches,
    catalogue,
    drift,
    fleet,
    health,
    models,
)

ENDPOINTS = (
    *models.ENDPOINTS,
    *batches.ENDPOINTS,
    *drift.ENDPOINTS,
    *fleet.ENDPOINTS,
    *catalogue.ENDPOINTS,
)

ROOT = health.ENDPOINTS
"""Operations at the root: they need no key."""

__all__ = ["ENDPOINTS", "ROOT"]
