"""Kinds of sources: adding one is one module and one row here."""

from bellwether.collector.sources.base import (
    Day,
    Found,
    Kind,
    LoggedTable,
    Needs,
    Pace,
    Registered,
    SourceFault,
    SourcePort,
)
from bellwether.collector.sources.data_factory.source import DATA_FACTORY
from bellwether.collector.sources.mlflow.source import MLFLOW

SOURCES: tuple[Kind, ...] = (DATA_FACTORY, MLFLOW)

__all__ = [
    "SOURCES",
    "Day",
    "Found",
    "Kind",
    "LoggedTable",
    "Needs",
    "Pace",
    "Registered",
    "SourceFault",
    "SourcePort",
]
