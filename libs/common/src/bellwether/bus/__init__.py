"""Event bus."""

from bellwether.bus.port import Bus, Handler
from bellwether.bus.routes import ROUTES, SERVICES

__all__ = ["ROUTES", "SERVICES", "Bus", "Handler"]
