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
        "A session of a role that moto's IAM does not know may do what the root of its account may, unless a "
        "session policy limits it.",
        "identity.py",
    ),
    # --- signatures
    Choice(
        "signature-errors",
        "Signatures",
        "Refusals of wrong signatures have the status 403, and the codes and texts of other services of AWS. "
        "The form is checked first, then the time, the scope, the session token and the signature.",
        "errors/signature_refusals.py",
    ),
    Choice(
        "unknown-access-keys",
        "Signatures",
        "Of an access key whose secret the mock does not know, only the form, the time and the scope of a "
        "signature are checked.",
        "signatures.py",
    ),
    Choice(
        "presigned-expiry",
        "Signatures",
        "A presigned URL holds for `X-Amz-Expires` seconds, 1 to 604,800, and no 5 minutes longer.",
        "signatures.py",
    ),
    Choice(
        "unsigned-payload",
        "Signatures",
        "A signature holds for any body if `x-amz-content-sha256`, as a header or a parameter of a presigned "
        "URL, is `UNSIGNED-PAYLOAD`. Else it holds for the body that came, whatever that header says.",
        "signatures.py",
    ),
)
