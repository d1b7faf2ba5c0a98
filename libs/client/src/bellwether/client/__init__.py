"""Python client of the REST API."""

from bellwether.client.api import Client, Refused

__all__ = ["Client", "Refused"]
