"""The choices: what the mock does where nobody has published what the real service does.

`registry` has an entry for each of them, with a sentence for the documentation and the file that decides;
that file refers to the entry by its id. Choices that are values, formulas and words are in `values` and
`languages`.
"""

from mock_s3vectors.choices.languages import (
    ELIDING,
    NORMAL_FORM,
    PAIRED,
    PAIRED_FORM,
    POSSESSIVES,
    STEMMERS,
    STOP_WORDS,
)
from mock_s3vectors.choices.values import (
    BM25_B,
    BM25_K1,
    BUILD_SECONDS,
    DEEPEST_FILTER,
    MISSING_DISTANCE,
    NOT_EQUAL_MATCHES_ABSENT,
    RRF_CONSTANT,
    inverse_document_frequency,
    is_found,
    is_text,
    query_terms,
    ranking_depth,
    term_frequency,
    text_score,
)

__all__ = [
    "BM25_B",
    "BM25_K1",
    "BUILD_SECONDS",
    "DEEPEST_FILTER",
    "ELIDING",
    "MISSING_DISTANCE",
    "NORMAL_FORM",
    "NOT_EQUAL_MATCHES_ABSENT",
    "PAIRED",
    "PAIRED_FORM",
    "POSSESSIVES",
    "RRF_CONSTANT",
    "STEMMERS",
    "STOP_WORDS",
    "inverse_document_frequency",
    "is_found",
    "is_text",
    "query_terms",
    "ranking_depth",
    "term_frequency",
    "text_score",
]
