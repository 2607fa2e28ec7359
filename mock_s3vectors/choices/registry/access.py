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
        "user or the role with `-boundary` behind it. Its other policies are inline ones, without an ARN.",
        "workbench/iam.py",
    ),
)
