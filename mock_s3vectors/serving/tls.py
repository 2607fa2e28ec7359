"""HTTPS: a certificate and its key, from files in PEM."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    import ssl

_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"
_KEY = b"PRIVATE KEY-----"
_MISMATCHES = ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH")


def server_context(
    certificate: str | os.PathLike[str] | None, key: str | os.PathLike[str] | None
) -> ssl.SSLContext | None:
    """Return how a server speaks TLS; None if it has no certificate, and speaks none.

    Args:
        certificate: a file with the certificate, then those of its chain. It may have the key too.
        key: a file with the private key; None if it is in the other one.

    Raises:
        UsageError: a file is missing, cannot be read, or has no certificate or key in PEM; or the key is not
            that of the certificate, or needs a password.
    """
    if certificate is None:
        if key is not None:
            raise UsageError(f"The key {key} has no certificate: give the file of its certificate too.")
        return None
    content = _content(certificate, "certificate")
    if _CERTIFICATE not in content:
        raise UsageError(
            f"{certificate} has no certificate in PEM, which begins with {_CERTIFICATE.decode()}."
        )
    if key is None and _KEY not in content:
        raise UsageError(f"{certificate} has a certificate and no private key: give the file of its key too.")
    if key is not None and _KEY not in _content(key, "key"):
        raise UsageError(f"{key} has no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----.")
    return _loaded(certificate, certificate if key is None else key)


def _content(file: object, what: str) -> bytes:
    """Return the content of a file.

    Raises:
        UsageError: the argument is no path, or the file cannot be read.
    """
    if not isinstance(file, (str, os.PathLike)):
        raise UsageError(f"{what}={file!r} is of type {type(file).__name__}: it must be the path of a file.")
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"Cannot read the {what} {file}: {error.strerror}.") from None


def _loaded(certificate: str | os.PathLike[str], key: str | os.PathLike[str]) -> ssl.SSLContext:
    import ssl  # noqa: PLC0415 - only a server with a certificate needs it

    def refuse_to_ask() -> str:
        """Raise: OpenSSL itself would ask for the password at the terminal."""
        raise UsageError(
            f"The key {key} needs a password, and the server asks for none: write it without, by "
            f"openssl pkey -in {key} -out plain.pem"
        )

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Clients that can speak HTTP/2 are told that they cannot here.
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, refuse_to_ask)
    except ssl.SSLError as error:
        if error.reason in _MISMATCHES:
            raise UsageError(
                f"The key {key} is not that of the first certificate in {certificate}."
            ) from None
        reason = (error.reason or "PEM lib").replace("_", " ").lower()
        raise UsageError(
            f"Cannot use the certificate {certificate} with the key {key}: OpenSSL says: {reason}."
        ) from None
    return context
