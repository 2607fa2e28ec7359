"""Host names: those of S3 Vectors, those of this machine, and the form that a host name has."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from mock_s3vectors.errors.exceptions import UsageError


def is_endpoint(url: str) -> bool:
    """Return whether a URL is one of S3 Vectors, in any Region and partition.

    Raises:
        UsageError: the host is one that `client.meta.endpoint_url` may name, but S3 Vectors is elsewhere.
    """
    # The text comes first: it is cheap, and rules most URLs out.
    return "s3vectors" in url.lower() and _is_host_of_s3_vectors(urlsplit(url).hostname or "")


def _is_host_of_s3_vectors(host: str) -> bool:
    from mock_s3vectors.protocol.partitions import endpoint_suffixes  # noqa: PLC0415 - imports botocore

    service, _, rest = host.removesuffix(".").partition(".")
    region, _, suffix = rest.partition(".")
    if not service.startswith("s3vectors") or not region:
        return False
    suffixes, by_other = endpoint_suffixes()
    if suffix in suffixes:
        return True
    if suffix in by_other:
        raise UsageError(
            f"{host} was called while a mock is on, and the request was not sent anywhere. S3 Vectors is not "
            f"there, even if client.meta.endpoint_url says so: call s3vectors.{region}.{by_other[suffix]}."
        )
    return False


# A name or an address, and perhaps a port. Only an IPv6 address is in brackets.
_HOST = re.compile(r"(?:\[(?P<address>[0-9A-Fa-f:.]*)\]|(?P<name>[^:]*))(?::[0-9]*)?")
# Docker's names may have underscores.
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?")


def name_of(host: str) -> str | None:
    """Return the name or address in a `Host` header without its port; None if the header has another form."""
    parts = _HOST.fullmatch(host)
    return (parts["address"] or parts["name"] or "").lower().removesuffix(".") if parts else None


def checked_hosts(hosts: object) -> tuple[str, ...]:
    """Return the names and addresses of a list, in the form that `name_of` returns.

    Raises:
        UsageError: the argument is not a list of names and addresses.
    """
    if not isinstance(hosts, Iterable) or isinstance(hosts, str):
        raise UsageError(
            f"allowed_hosts={hosts!r}: it must be a list of names, such as ['host.docker.internal']."
        )
    return tuple(_checked_host(host) for host in hosts)


def _checked_host(host: object) -> str:
    if isinstance(host, str):
        name = name_of(f"[{host}]" if host.count(":") > 1 and "[" not in host else host)
        if name and (_NAME.fullmatch(name) or _address_of(name)):
            return name
    raise UsageError(
        f"The allowed host {host!r} is not a host name: give a name such as 'host.docker.internal', or an "
        "address, in ASCII, without scheme, path or wildcard."
    )


def _address_of(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the IP address that a text denotes, None if it denotes none."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@functools.lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """Return whether a host is this machine; a call to it goes to a local server that the test asked for."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address_of(host)
    return address is not None and address.is_loopback
