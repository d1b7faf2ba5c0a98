"""The embedded engine: one SQLite file, shared by the threads and processes of one host.

The file has to lie on a local file system: its write-ahead log needs shared memory, which no network mount gives.
"""

from bellwether.storage.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
