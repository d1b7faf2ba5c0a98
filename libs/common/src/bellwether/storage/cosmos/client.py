"""The SDK's client: one per process, made after the fork and on first use.

A client made before a fork shares its sockets with the children, which then read each other's answers without any
error. So nothing is connected by making an object here, and a child drops what it inherited.
"""

import os
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from azure.core.pipeline.transport import RequestsTransport
from azure.cosmos import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosResourceNotFoundError
from azure.identity import DefaultAzureCredential

from bellwether.errors import Unavailable
from bellwether.storage.cosmos.patience import Patience

_POOL_SIZE = 64
_CONNECT_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class Account:
    """Where the database is. Without a key, Entra ID names the process; ``discover``: ask for its regions."""

    url: str
    database: str
    key: str | None = field(default=None, repr=False)
    discover: bool = True
    patience: Patience = field(default=Patience())


class Clients:
    """The client of this process and the containers it has seen."""

    def __init__(self, account: Account, prepare: Callable[[CosmosClient], object] | None = None) -> None:
        self._account = account
        self._prepare = prepare
        self._lock = threading.Lock()
        self._client: CosmosClient | None = None
        self._containers: dict[str, ContainerProxy] = {}
        self._inherited: list[object] = []
        _ALL.add(self)

    def get(self) -> CosmosClient:
        """Return the client; connects on first use, so it raises the SDK's errors."""
        if self._client is not None:
            return self._client
        with self._lock:
            if self._client is None:
                client = _connect(self._account)
                if self._prepare is not None:
                    self._prepare(client)
                self._client = client
            return self._client

    def container(self, name: str) -> ContainerProxy:
        """Return a container that exists; what the SDK has to know of it is read once."""
        if name in self._containers:
            return self._containers[name]
        database = self._account.database
        container = self.get().get_database_client(database).get_container_client(name)
        try:
            container.read()
        except CosmosResourceNotFoundError as error:
            # Otherwise every read would say that the document does not exist.
            raise Unavailable(
                f"container {name!r} of database {database!r} does not exist: provision the store"
            ) from error
        self._containers[name] = container
        return container

    def close(self) -> None:
        """Close the client; the next call makes another."""
        with self._lock:
            client, self._client = self._client, None
            self._containers = {}
        if client is not None:
            client.close()

    def forget(self) -> None:
        """In a forked child: drop the parent's client, without running its destructors on shared sockets."""
        self._lock = threading.Lock()
        self._inherited += [self._client, self._containers]
        self._client, self._containers = None, {}


def _connect(account: Account) -> CosmosClient:
    session = requests.Session()
    # The default pool keeps 10 connections, and reconnects for every thread beyond.
    adapter = requests.adapters.HTTPAdapter(pool_maxsize=_POOL_SIZE)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    credential: Any = account.key or DefaultAzureCredential()
    return CosmosClient(
        account.url,
        credential,
        transport=RequestsTransport(session=session, session_owner=False),
        retry_throttle_total=-1,  # the engine waits itself; the SDK takes 0 for its default
        connection_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=account.patience.answer_s,
        enable_endpoint_discovery=account.discover,
        # Otherwise other alphabets are escaped, and 1.2 MB of such text passes the service's limit of 2 MB.
        enable_compact_utf8_item_writes=True,
    )


_ALL: weakref.WeakSet[Clients] = weakref.WeakSet()


def _forget_all() -> None:
    for clients in _ALL:
        clients.forget()


os.register_at_fork(after_in_child=_forget_all)
