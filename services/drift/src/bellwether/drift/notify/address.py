"""One POST to an address a person named: resolved once, checked, and connected to as it was checked.

The name is resolved here and the connection made to that very address, so that a name which points elsewhere a moment
later (DNS rebinding) leads nowhere. Redirects are not followed; proxies are not used.
"""

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

from bellwether.drift.notify.base import Failed, Outgoing

_MOST_ANSWER = 4096


def post(url: str, body: bytes, headers: dict[str, str], out: Outgoing) -> None:
    """Send and return on any 2xx answer; raises ``Failed``."""
    parts = urlsplit(url)
    host = parts.hostname
    if host is None or parts.scheme not in ("http", "https"):
        raise Failed("the address is no http or https URL")
    private = out.settings.allow_private
    if parts.scheme == "http" and not private:
        raise Failed("the address is not https; BELLWETHER_NOTIFY__ALLOW_PRIVATE allows others inside a network")
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = resolve(host, port, allow_private=private)
    path = parts.path or "/"
    connection = _Pinned(host, port, address, secure=secure, timeout=out.settings.timeout_seconds)
    try:
        connection.request("POST", f"{path}?{parts.query}" if parts.query else path, body, headers)
        answer = connection.getresponse()
        answer.read(_MOST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise Failed(f"{type(error).__name__} while the message was sent") from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise Failed(f"the receiver answered {answer.status}")


def resolve(host: str, port: int, *, allow_private: bool) -> str:
    """Return the address a host name stands for; raises ``Failed`` when one of its addresses is not public.

    One private address among several is enough to refuse: a name with both is no mistake of an honest receiver.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Failed("the name of the receiver cannot be resolved") from error
    addresses = [str(one[4][0]) for one in found]
    if not allow_private and any(not is_public(one) for one in addresses):
        raise Failed("the receiver's address is private; BELLWETHER_NOTIFY__ALLOW_PRIVATE allows such")
    return addresses[0]


def is_public(address: str) -> bool:
    """Say whether an address is one of the public internet; IPv4 inside IPv6 counts as what it holds."""
    one = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(one, ipaddress.IPv6Address):
        inside = one.ipv4_mapped or one.sixtofour or (one.teredo[1] if one.teredo else None)
        if inside is not None:
            return is_public(str(inside))
        if one in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(one) & 0xFFFFFFFF)))
    return one.is_global and not one.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class _Pinned(http.client.HTTPConnection):
    """Connects to an address that was checked, and speaks to it under the name it was given."""

    def __init__(self, host: str, port: int, address: str, *, secure: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address, self._secure = address, secure

    def connect(self) -> None:
        """Open the connection; over TLS the certificate has to be of the name, not of the address."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        if not self._secure:
            self.sock = plain
            return
        try:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
