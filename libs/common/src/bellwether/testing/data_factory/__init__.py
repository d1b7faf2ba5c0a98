"""A local stand-in for the management plane of Azure Data Factory, for tests and the demo.

It answers the routes of api-version 2018-06-01 that the collector uses, from one factory in memory, and hands out
tokens the way App Service does for a managed identity. Shapes follow the public REST specification and
documentation; none is a recording of the real service.
"""

from bellwether.testing.data_factory.factory import Factory
from bellwether.testing.data_factory.sample import sample
from bellwether.testing.data_factory.server import DataFactoryServer

__all__ = ["DataFactoryServer", "Factory", "sample"]
