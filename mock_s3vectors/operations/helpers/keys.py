"""KMS keys: whether an index may be made with one, and whether vectors may be read and written with it.

As long as nobody has made a key, with `mock.kms` or with moto's KMS, each key is taken as usable.
Choice: kms-keys-unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors import neighbours
from mock_s3vectors.errors import refusals
from mock_s3vectors.world.keys import Key

if TYPE_CHECKING:
    from mock_s3vectors.errors.exceptions import ServiceError
    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.world import Index


def check_key(exchange: Exchange, index: Index) -> None:
    """Raise unless vectors of an index can be read and written. Choice: kms-errors-last.

    Raises:
        KmsNotFoundException: its key does not exist.
        KmsDisabledException: its key is disabled.
        KmsInvalidStateException: its key is in another state in which it cannot be used.
        KmsInvalidKeyUsageException: its key is not made for encryption.
    """
    arn = index.encryption.get("kmsKeyArn")
    if arn is not None:
        action = "GenerateDataKey" if exchange.operation == "PutVectors" else "Decrypt"
        refusal = _refusal(_key_of(exchange, index, arn), action)
        if refusal is not None:
            raise refusal


def check_key_of_new(exchange: Exchange, index: Index) -> None:
    """Raise unless an index may be made with its key.

    Raises:
        AccessDeniedException: the key cannot be used, or does not let the service decrypt.
    """
    arn = index.encryption.get("kmsKeyArn")
    if arn is None:
        return
    key = _key_of(exchange, index, arn)
    refusal = _refusal(key, "GenerateDataKey")
    if refusal is not None:
        raise refusals.kms_key_unusable(refusal)
    admits = key.admits_indexing
    if key.policy is not None:
        # Here, since most tests ask no policies.
        from mock_s3vectors.operations.helpers.key_policies import admits_indexing  # noqa: PLC0415

        admits = admits_indexing(key.policy, arn, index.arn, exchange.now())
    if not admits:
        raise refusals.no_access_for_indexing()


def _key_of(exchange: Exchange, index: Index, arn: str) -> Key:
    """Return the key of an index, or one that stands for a key that does not exist."""
    # A key of another Region or partition is none here. Choice: kms-key-elsewhere.
    _, partition, _, region, _ = arn.split(":", 4)
    is_here = (partition, region) == (index.arn.partition, index.arn.region)
    if is_here:
        own = exchange.keys.of(arn)
        if own is not None:
            return own
        of_moto = neighbours.moto_kms_key(arn)
        if of_moto is not None:
            return Key(arn, of_moto.state, of_moto.usage, policy=of_moto.policy)
    return Key(arn, is_forgotten=bool(exchange.keys) or neighbours.moto_has_kms_keys())


def _refusal(key: Key, action: str) -> ServiceError | None:
    """Return why KMS refuses to do something with a key; None if it does not."""
    if key.is_forgotten:
        return refusals.kms_key_not_found(key.arn)
    if key.state == "Disabled":
        return refusals.kms_key_disabled(key.arn)
    if key.state != "Enabled":
        return refusals.kms_key_state(key.arn, key.state)
    if key.usage != "ENCRYPT_DECRYPT":
        return refusals.kms_key_usage(key.arn, key.usage, action)
    return None
