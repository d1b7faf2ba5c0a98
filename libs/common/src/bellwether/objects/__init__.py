"""Object storage: rows, raw bodies and profiles as whole files under keys."""

from bellwether.objects.factory import open_objects, sweep
from bellwether.objects.keys import check_key
from bellwether.objects.port import ObjectInfo, ObjectStore
from bellwether.objects.retention import expire

__all__ = ["ObjectInfo", "ObjectStore", "check_key", "expire", "open_objects", "sweep"]
