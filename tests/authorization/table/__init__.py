"""Decisions by IAM's documentation: who asks, which policies apply, what comes out, and the words for it."""

from tests.authorization.table import across, bucket, conditions, identity, limits, variables

ROWS = [
    *identity.ROWS,
    *variables.ROWS,
    *conditions.ROWS,
    *limits.ROWS,
    *bucket.ROWS,
    *across.ROWS,
]
