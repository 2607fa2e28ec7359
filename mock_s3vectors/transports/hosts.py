"""Which hosts are those of S3 Vectors, and which are this machine."""

from __future__ import annotations

import functools
import ipaddress
from urllib.parse import urlsplit

from mock_s3vectors.errors import UsageError


def is_endpoint(url: str) -> bool:
    """Whether a URL is one of S3 Vectors, in any Region and partition.

    Raises:
        UsageError: the host is that of `client.meta.endpoint_url`, where S3 Vectors is not.
    """
    # Most URLs are not, and need not be looked at any closer.
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


@functools.lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """Whether a host is this machine: then it is a local server that the test asked for."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
