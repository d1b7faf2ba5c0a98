"""Settings of the demo; environment prefix ``BELLWETHER_DEMO_``."""

import os
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt

PREFIX = "BELLWETHER_DEMO_"


class DemoSettings(BaseModel):
    """How much is replayed, and how fast."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: NonNegativeInt = Field(35, description="days to replay, from 1 April 2013; 0: the rest of the year")
    speed: NonNegativeFloat = Field(
        0.0, allow_inf_nan=False, description="days of data a second; 0: as fast as they are taken"
    )


def load(environ: Mapping[str, str] | None = None) -> DemoSettings:
    """Read the settings from the environment; raises ``ValueError`` on an unknown variable."""
    environ = os.environ if environ is None else environ
    known = {f"{PREFIX}{name.upper()}" for name in DemoSettings.model_fields}
    if unknown := {name for name in environ if name.startswith(PREFIX)} - known:
        raise ValueError(f"unknown settings {sorted(unknown)}; known: {sorted(known)}")
    return DemoSettings.model_validate({name[len(PREFIX) :].lower(): environ[name] for name in known & set(environ)})
