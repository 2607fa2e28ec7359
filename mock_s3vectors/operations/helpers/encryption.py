"""Encryption settings: which pairs of type and key go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.errors import refusals

if TYPE_CHECKING:
    from mock_s3vectors.exchange import Params


def effective_encryption(params: Params, inherited: dict[str, str] | None = None) -> dict[str, str]:
    """Return the encryption of a new resource: the requested one, else the inherited one, else AES256.

    Whether the key exists is not asked here. Choice: bucket-key-unchecked.
    Choice: empty-encryption-configuration.

    Raises:
        ValidationException: a key without `aws:kms`, or the other way round.
    """
    asked = params.get("encryptionConfiguration")
    if asked is None:
        return inherited or {"sseType": "AES256"}
    sse_type, key = asked.get("sseType", "AES256"), asked.get("kmsKeyArn")
    if sse_type == "AES256":
        if key is not None:
            raise refusals.kms_key_with_aes256()
        return {"sseType": sse_type}
    if key is None:
        raise refusals.kms_key_missing()
    return {"sseType": sse_type, "kmsKeyArn": key}
