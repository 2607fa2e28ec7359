"""The registry of choices: each behaviour of the mock that nobody has published for the real service.

The documentation's list of unverified choices is made from it. Running the mock does not load it.
"""

from mock_s3vectors.choices.registry import access, queries, resources, text_search, wire
from mock_s3vectors.choices.registry.entry import Choice, Section

CHOICES: tuple[Choice, ...] = (
    *wire.CHOICES,
    *resources.CHOICES,
    *access.CHOICES,
    *queries.CHOICES,
    *text_search.CHOICES,
)

__all__ = ["CHOICES", "Choice", "Section"]
