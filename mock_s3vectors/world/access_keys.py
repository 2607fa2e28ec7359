"""The access keys of users and roles that a test makes: of AWS's form, always the same, obviously fake."""

from __future__ import annotations

from base64 import b32encode, b64encode
from hashlib import sha256
from typing import Literal

# It is in every access key id. A test that makes up one of its own would not hit on it.
_MARK = "S3VMOCK"
_LENGTH = 20


def access_key_id(prefix: Literal["AKIA", "ASIA"], arn: str) -> str:
    """Return the id of a caller's access key."""
    return f"{prefix}{_MARK}{_letters('access key id', arn, 9)}"


def secret_access_key(arn: str) -> str:
    """Return the secret of a caller's access key: 40 characters."""
    return f"mock/secret/{_letters('secret access key', arn, 28)}"


def session_token(arn: str) -> str:
    """Return the token of a session."""
    return f"mock/session/token/{b64encode(_digest('session token', arn)).decode()}"


def unique_id(prefix: Literal["AIDA", "AROA"], arn: str) -> str:
    """Return the id by which IAM tells a user or a role from earlier ones of its name."""
    return f"{prefix}{_MARK}{_letters('unique id', arn, 10)}"


def is_of_a_mock(access_key: str) -> bool:
    """Return whether `access_key_id` may have made an id."""
    return access_key[4:11] == _MARK and len(access_key) == _LENGTH


def _letters(what: str, arn: str, count: int) -> str:
    """Return capital letters and digits that depend on an ARN, and on what they are for."""
    return b32encode(_digest(what, arn)).decode()[:count]


def _digest(what: str, arn: str) -> bytes:
    return sha256(f"{what} of {arn}".encode()).digest()
