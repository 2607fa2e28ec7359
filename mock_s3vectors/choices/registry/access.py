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
)
