"""What this server can compute."""

from bellwether.gateway.access import ANYONE
from bellwether.gateway.catalogue import CATALOGUE, Catalogue
from bellwether.gateway.endpoint import Endpoint


async def get_catalogue() -> Catalogue:
    """Methods with title, unit, range, definition and source."""
    return CATALOGUE


ENDPOINTS = (Endpoint("GET", "/catalogue", get_catalogue, ANYONE),)
