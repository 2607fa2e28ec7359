"""Certificates in files, as a company's own authority would give them to a server."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Certificates:
    """Files.

    Attributes:
        authority: what clients have to trust.
        certificate: that of the server, for localhost and 127.0.0.1, and that of an authority between the two.
        key: its key.
        both: certificates and key in one file.
        encrypted: the key, for those who know the password.
        other_key: the key of something else.
    """

    authority: Path
    certificate: Path
    key: Path
    both: Path
    encrypted: Path
    other_key: Path


def make_certificates(folder: Path) -> Certificates:
    root, between, server, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(4))
    files = Certificates(**{name: folder / f"{name}.pem" for name in Certificates.__annotations__})
    files.authority.write_bytes(certificate("root", root, "root", root))
    chain = certificate("server", server, "between", between) + certificate("between", between, "root", root)
    files.certificate.write_bytes(chain)
    files.key.write_bytes(pem(server))
    files.both.write_bytes(chain + pem(server))
    files.encrypted.write_bytes(pem(server, serialization.BestAvailableEncryption(b"password")))
    files.other_key.write_bytes(pem(other))
    return files


def certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, signing: ec.EllipticCurvePrivateKey
) -> bytes:
    is_authority = subject != "server"
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
    )
    if is_authority:
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    else:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(signing, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def pem(
    key: ec.EllipticCurvePrivateKey,
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption(),  # noqa: B008 - it is constant
) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
