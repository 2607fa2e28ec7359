"""Choices about permissions: policies, callers and keys."""

from __future__ import annotations

from mock_s3vectors.choices.registry.entry import Choice

CHOICES = (
    # --- permissions
    Choice(
        "denied-before-missing",
        "Permissions",
        "A call that policies deny is denied, even if its bucket or index does not exist. Constraints of the "
        "model, and the form of names and ARNs, are checked before.",
        "permissions/authorize.py",
    ),
    # --- keys
    Choice(
        "kms-keys-unknown",
        "Encryption",
        "As long as neither `mock.kms` nor moto's KMS knows any key, every key ARN of the right form names a "
        "key that can be used. From then on, a key that neither knows does not exist, for indexes that were "
        "made before too. The option `authorization` has nothing to do with it.",
        "operations/helpers/keys.py",
    ),
    Choice(
        "kms-key-elsewhere",
        "Encryption",
        "A key can be used in its own Region and partition, also by another account. Elsewhere it does not "
        "exist; replicas of a multi-Region key are keys of their own.",
        "operations/helpers/keys.py",
    ),
    Choice(
        "kms-errors-at-creation",
        "Encryption",
        "CreateIndex with a key that is disabled, pending deletion or made for another use is denied as one "
        "with a key that does not exist: an AccessDeniedException with KMS's words. Keys are checked after "
        "all else, and the policy of a key last.",
        "errors/refusals.py",
    ),
    Choice(
        "kms-errors-last",
        "Encryption",
        "An operation on vectors whose key cannot be used is refused after its request has been checked "
        "completely, and before a vector is read or written: permissions, the index, records, filters and "
        "page tokens come first, the quota of vectors after.",
        "operations/helpers/keys.py",
    ),
    Choice(
        "kms-policy-context",
        "Encryption",
        "The policy of a key of moto's KMS is asked about kms:Decrypt by `indexing.s3vectors.amazonaws.com`. "
        "The account of the index is `aws:SourceAccount`, and its ARN is both `aws:SourceArn` and "
        "`kms:EncryptionContext:aws:s3vectors:arn`. Of `aws:s3vectors:resource-id`, only the name is known.",
        "operations/helpers/key_policies.py",
    ),
    Choice(
        "kms-texts",
        "Encryption",
        "The texts of the errors of keys are those of KMS, followed by `(kms_request_id=...)` with a UUID, "
        "as was seen for a key that does not exist.",
        "errors/refusals.py",
    ),
)
