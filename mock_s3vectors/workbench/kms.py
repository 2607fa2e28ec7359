"""`mock.kms`: KMS keys, and the states in which a test wants them."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from mock_s3vectors.config import check_account_id
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.refusals import shorten
from mock_s3vectors.protocol.partitions import default_region, partition_of
from mock_s3vectors.workbench.places import check_region
from mock_s3vectors.workbench.steered import made_before
from mock_s3vectors.world.keys import Key

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.workbench.steered import Steered

# As narrow as the model's pattern, but for names that no key has: those with spaces.
_ARN = re.compile(r"arn:aws[-a-z0-9]*:kms:[-a-z0-9]+:[0-9]{12}:key/[!-~]+")
_LONGEST_ARN = 2048

_USAGES = ("ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT")

# By what is done to a key: the states in which KMS does it, the state that follows, and the advice in others.
_CHANGES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "enable": (("Enabled", "Disabled"), "Enabled", "call cancel_deletion() first"),
    "disable": (("Enabled", "Disabled"), "Disabled", "call cancel_deletion(), which disables it"),
    "schedule_deletion": (
        ("Enabled", "Disabled"),
        "PendingDeletion",
        "call forget() to have it deleted now, or cancel_deletion()",
    ),
    "cancel_deletion": (("PendingDeletion",), "Disabled", "call schedule_deletion() first"),
}


class Kms:
    """The KMS keys of a mock: `mock.kms`.

    As long as there are none, the mock accepts every key ARN of the right form. With the first one, a key
    that was never made does not exist. Keys end with the mock, as rules do. An inner mock begins with those
    of the outer one, and undoes its own changes. `reset()` leaves them.
    """

    def __init__(self, steered: Callable[[str], Steered]) -> None:
        self._steered = steered

    def __repr__(self) -> str:
        try:
            known = self._steered("kms").world.keys.all()
        except UsageError:
            return "<KMS keys of a mock that is off>"
        return f"<KMS keys: {', '.join(key.arn for key in known if not key.is_forgotten) or 'none'}>"

    def key(
        self,
        account: str | None = None,
        region: str | None = None,
        *,
        arn: str | None = None,
        usage: str = "ENCRYPT_DECRYPT",
    ) -> KmsKey:
        """Make a key, and return a handle of it.

        A new key is enabled, and its policy lets the service index vectors that it encrypts.

        Args:
            account: the account that owns it, 12 digits; None for that of the options.
            region: its Region; None for that of the environment, else us-east-1.
            arn: the ARN of the key, in the place of account and Region. A key that exists already is
                returned as it is.
            usage: `ENCRYPT_DECRYPT`, the only one that the service can use, or `SIGN_VERIFY`,
                `GENERATE_VERIFY_MAC` or `KEY_AGREEMENT`.

        Raises:
            UsageError: the mock is off; an argument has no possible value; or a key with this ARN and
                another usage exists.

        Example:
            >>> key = mock.kms.key()
            >>> key.disable().state
            'Disabled'
            >>> encrypted = {"sseType": "aws:kms", "kmsKeyArn": key.arn}
            >>> _ = client.create_vector_bucket(vectorBucketName="secret", encryptionConfiguration=encrypted)
        """
        level = self._steered("kms.key()")
        if usage not in _USAGES:
            raise UsageError(f"usage={usage!r} is no usage of a KMS key: give one of {', '.join(_USAGES)}.")
        if arn is None:
            owner = level.config.account_id if account is None else check_account_id(account)
            place = default_region() if region is None else check_region(region)
            arn = f"arn:{partition_of(place)}:kms:{place}:{owner}:key/{uuid.uuid4()}"
        else:
            _check_arn(arn, account, region)
        keys = level.world.keys
        found = keys.of(arn)
        if found is None or found.is_forgotten:
            keys.put(Key(arn, usage=usage))
        elif usage != found.usage:
            raise UsageError(
                f"usage={usage!r}: the key {arn} exists with usage {found.usage!r}, which cannot be changed. "
                "Give its usage, or another ARN."
            )
        return KmsKey(arn, self._steered)


class KmsKey:
    """A handle of a KMS key, by which a test changes it. Its text is the ARN of the key.

    Each change returns the handle. It holds in the mock of which the handle was asked, and in mocks inside
    that. To change a key of an outer mock in an inner one alone, ask that for a handle:
    `inner.kms.key(arn=key.arn)`.
    """

    def __init__(self, arn: str, steered: Callable[[str], Steered]) -> None:
        self._arn = arn
        self._steered = steered

    @property
    def arn(self) -> str:
        """The ARN of the key, which ends with a UUID unless it was given."""
        return self._arn

    def __str__(self) -> str:
        return self._arn

    def __repr__(self) -> str:
        try:
            return f"<KMS key {self._arn}: {self.state}>"
        except UsageError:
            return f"<KMS key {self._arn}: gone>"

    @property
    def state(self) -> str:
        """The state of the key, `Enabled`, `Disabled` or `PendingDeletion`.

        Raises:
            UsageError: the mock is off, or the key was forgotten.
        """
        return self._key("state").state

    def enable(self) -> KmsKey:
        """Have the key be usable again.

        Raises:
            UsageError: it is pending deletion, or it was forgotten, or the mock is off.
        """
        return self._change("enable")

    def disable(self) -> KmsKey:
        """Have calls that need the key fail with KmsDisabledException.

        Raises:
            UsageError: it is pending deletion, or it was forgotten, or the mock is off.
        """
        return self._change("disable")

    def schedule_deletion(self) -> KmsKey:
        """Have calls that need the key fail with KmsInvalidStateException. It is deleted by `forget` only.

        Raises:
            UsageError: it is pending deletion, or it was forgotten, or the mock is off.
        """
        return self._change("schedule_deletion")

    def cancel_deletion(self) -> KmsKey:
        """Have the key be disabled, as KMS leaves a key that is not going to be deleted.

        Raises:
            UsageError: it is not pending deletion, or it was forgotten, or the mock is off.
        """
        return self._change("cancel_deletion")

    def admit_indexing(self, admit: bool = True) -> KmsKey:  # noqa: FBT001, FBT002 - the name says what it is
        """Have the policy of the key let the service index vectors, or not, so that CreateIndex is denied.

        Args:
            admit: whether it does.

        Returns:
            itself.

        Raises:
            UsageError: the key was forgotten, or the mock is off.
        """
        return self._replace("admit_indexing()", lambda key: replace(key, admits_indexing=admit))

    def forget(self) -> KmsKey:
        """Delete the key at once: calls that need it fail with KmsNotFoundException.

        Raises:
            UsageError: it was forgotten before, or the mock is off.
        """
        return self._replace("forget()", lambda key: replace(key, is_forgotten=True))

    def _change(self, name: str) -> KmsKey:
        before, after, advice = _CHANGES[name]

        def changed(key: Key) -> Key:
            if key.state not in before:
                raise UsageError(f"{name}() was used on the key {self._arn}, which is {key.state}: {advice}.")
            return replace(key, state=after)

        return self._replace(f"{name}()", changed)

    def _key(self, asked: str) -> Key:
        key = self._steered(asked).world.keys.of(self._arn)
        if key is None:
            raise made_before(asked, f"the key {self._arn}", "mock.kms")
        if key.is_forgotten:
            raise UsageError(
                f"{asked} was used on the key {self._arn}, which was forgotten: make it again, with mock.kms."
            )
        return key

    def _replace(self, asked: str, change: Callable[[Key], Key]) -> KmsKey:
        keys = self._steered(asked).world.keys
        with keys.lock:
            keys.put(change(self._key(asked)))
        return self


def _check_arn(arn: object, account: object, region: object) -> None:
    if account is not None or region is not None:
        raise UsageError("key() was given arn and account or region, which the ARN names: leave them out.")
    if not isinstance(arn, str) or not _ARN.fullmatch(arn) or len(arn) > _LONGEST_ARN:
        raise UsageError(
            f"arn={shorten(repr(arn))} is not the ARN of a KMS key: give one such as "
            "'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'. "
            "The service takes no alias."
        )
