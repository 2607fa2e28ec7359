"""An entry of the registry, and the sections that entries belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Section = Literal[
    "Requests and errors",
    "Names and addressing",
    "Buckets and indexes",
    "Index modes",
    "Lists and pages",
    "Vectors",
    "Filters",
    "Queries",
    "Full-text and hybrid queries",
    "Text search configurations",
    "Analysis of texts",
    "Encryption",
    "Policies",
    "Permissions",
    "Signatures",
    "Tags",
    "Faults",
    "Usage",
    "HTTP",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """A behaviour that nobody has published, and that the mock therefore chose.

    Attributes:
        id: short and stable; the code says `Choice: ` and the id where it decides.
        section: the heading of the documentation's list under which the sentence appears.
        sentence: the behaviour, for a reader of the documentation.
        decided_in: the file that decides, as a path in the package.
        unasked: why no client of AWS can ask about it; "" if a fact of `parity/facts/` does.
    """

    id: str
    section: Section
    sentence: str
    decided_in: str
    unasked: str = ""
