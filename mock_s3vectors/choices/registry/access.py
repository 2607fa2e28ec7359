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
    Choice(
        "boundary-arns",
        "Permissions",
        "The boundary of a user or a role that a test makes is a managed policy of its account, named as the "
        "user or the role, with `-boundary` added. Its other policies are inline ones, without an ARN.",
        "workbench/iam.py",
    ),
    Choice(
        "unknown-roles",
        "Permissions",
        "A session of a role that moto's STS gave, and that moto's IAM does not know, may do what the root of "
        "the account may.",
        "identity.py",
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
        "kms-texts",
        "Encryption",
        "The texts of the errors of keys are those of KMS, followed by `(kms_request_id=...)` with a UUID, "
        "as was seen for a key that does not exist.",
        "errors/refusals.py",
    ),
)
