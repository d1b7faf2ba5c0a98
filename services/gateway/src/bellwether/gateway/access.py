"""Who may do what: roles, and the identity behind a request."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Literal, get_args

AccessRole = Literal["viewer", "engineer", "operator", "admin", "ingest"]
ACCESS_ROLES: tuple[AccessRole, ...] = get_args(AccessRole)

READ: frozenset[AccessRole] = frozenset({"viewer", "engineer", "operator", "admin"})
"""Everything a page shows."""
WRITE: frozenset[AccessRole] = frozenset({"engineer", "admin"})
"""Models, references and settings of models."""
PUSH: frozenset[AccessRole] = frozenset({"engineer", "admin", "ingest"})
"""Rows and labels."""
FOLLOW: frozenset[AccessRole] = READ | PUSH
"""What became of a push."""
OPERATE: frozenset[AccessRole] = frozenset({"operator", "admin"})
"""Keys and dead letters."""
HANDLE: frozenset[AccessRole] = frozenset({"engineer", "operator", "admin"})
"""Incidents, expected changes and the rules of alerts."""
ANYONE: frozenset[AccessRole] = frozenset(ACCESS_ROLES)
"""Whoever has a key."""

GRANTS: dict[AccessRole, frozenset[AccessRole]] = {
    "admin": ANYONE,
    "operator": ANYONE - {"admin"},
}
"""Which roles a key may give to another, and whose keys it may delete."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: a key, directly or through a session of the web app.

    ``models`` limits the key to some models, None: all. ``csrf`` is set for a session: its writes must carry it.
    """

    key: str
    name: str
    roles: frozenset[AccessRole]
    models: frozenset[str] | None = None
    csrf: str | None = None

    def may(self, allowed: Set[AccessRole]) -> bool:
        """Say whether one of its roles is among those allowed."""
        return bool(self.roles & allowed)

    def sees(self, model: str) -> bool:
        """Say whether it may touch a model at all."""
        return self.models is None or model in self.models

    def grants(self) -> frozenset[AccessRole]:
        """Return the roles it may give away or take away."""
        return frozenset[AccessRole]().union(*(GRANTS.get(role, frozenset()) for role in self.roles))
