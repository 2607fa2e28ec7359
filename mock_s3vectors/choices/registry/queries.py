"""Choices about filters, queries by vector, full-text queries and hybrid ones."""

from __future__ import annotations

from mock_s3vectors.choices.registry.entry import Choice

CHOICES = (
    # --- filters
    Choice(
        "not-equal-absent",
        "Filters",
        "`$ne` and `$nin` match a vector that does not have the key.",
        "choices/values.py",
    ),
    Choice(
        "not-equal-complement",
        "Filters",
        "`$ne` and `$nin` are the exact complements of `$eq` and `$in`, on arrays too.",
        "filtering/tree.py",
    ),
    Choice(
        "in-on-arrays",
        "Filters",
        "`$in` matches an array of which any element is listed.",
        "filtering/vocabulary.py",
    ),
    Choice(
        "ranges-on-arrays",
        "Filters",
        "`$gt`, `$gte`, `$lt` and `$lte` match an array of which any element is in range.",
        "filtering/vocabulary.py",
    ),
    Choice(
        "starts-with-on-arrays",
        "Filters",
        "`$startsWith` matches an array of which any element starts with the string.",
        "filtering/vocabulary.py",
    ),
    Choice(
        "true-and-1",
        "Filters",
        "The boolean true is not 1.",
        "filtering/vocabulary.py",
    ),
    Choice(
        "integers-and-floats",
        "Filters",
        "Numbers compare as float64: 1 is 1.0, and integers beyond 2**53 may equal their neighbours.",
        "filtering/vocabulary.py",
    ),
    Choice(
        "filter-depth",
        "Filters",
        "`$and` and `$or` nest 100 deep at most.",
        "choices/values.py",
    ),
    Choice(
        "first-filter-fault",
        "Filters",
        "A filter is read up to its first fault, be it a condition outside the grammar or, in ENHANCED "
        "mode, constraint 101.",
        "filtering/grammar.py",
    ),
    Choice(
        "dollar-keys",
        "Filters",
        "A key that begins with `$` and is neither `$and` nor `$or` is refused where the name of a field "
        "may be.",
        "filtering/grammar.py",
    ),
    Choice(
        "constraints-text",
        "Filters",
        "The text of the refusal of more than 100 filter constraints is the mock's own.",
        "errors/refusals.py",
    ),
    # --- queries
    Choice(
        "top-k-text",
        "Queries",
        "The refusal of a `topK` over 10,000 reads like that of any number out of range.",
        "operations/query.py",
    ),
    Choice(
        "nothing-to-query-text",
        "Queries",
        "The text of the refusal of a query with neither `queryVector` nor `queryTexts` is the mock's own.",
        "errors/refusals.py",
    ),
    Choice(
        "exact-distances",
        "Queries",
        "Distances on a CLASSIC index are exact.",
        "search/distances.py",
        unasked="A vector bucket that a run makes takes no CLASSIC index.",
    ),
    Choice(
        "quantized-modes",
        "Queries",
        'With `search_engine="quantized"`, the mode of the index decides whether it holds quantized vectors: '
        "a query with the `queryMode` ENHANCED on a CLASSIC index is exact.",
        "operations/helpers/searching.py",
        unasked="A vector bucket that a run makes takes no CLASSIC index.",
    ),
    Choice(
        "quantized-bounds",
        "Queries",
        "The bounds of quantized vectors are those of the vectors that the index has now: a write or a "
        "deletion that moves them changes how all vectors are held, at once.",
        "search/quantized.py",
    ),
    Choice(
        "quantized-rounding",
        "Queries",
        "A number halfway between two steps goes to the even step, and quantized numbers are float32.",
        "search/quantized.py",
    ),
    Choice(
        "quantized-equal-numbers",
        "Queries",
        "A dimension in which all vectors of an index have the same number is held exactly.",
        "search/quantized.py",
    ),
    Choice(
        "quantized-euclidean",
        "Queries",
        "Euclidean distances on an ENHANCED index are those of quantized vectors too.",
        "search/quantized.py",
    ),
    Choice(
        "quantized-to-zero",
        "Queries",
        "In an index with the cosine metric, a vector that quantizing would make zero is held exactly.",
        "search/quantized.py",
    ),
    Choice(
        "text-recall",
        "Full-text and hybrid queries",
        "A search for texts misses no record: the option `recall` is about vectors alone.",
        "operations/helpers/searching.py",
        unasked="It is about an option of the mock; AWS would show it in far larger indexes only.",
    ),
    Choice(
        "equal-distances",
        "Queries",
        "Hits at equal distances come in the order of their keys.",
        "search/ranking.py",
    ),
    Choice(
        "infinite-distances",
        "Queries",
        "A squared distance beyond float32 is `Infinity`.",
        "operations/query.py",
    ),
    # --- full-text and hybrid queries
    Choice(
        "bm25-formula",
        "Full-text and hybrid queries",
        "A term's part in a BM25 score is idf times tf (k1 + 1) / (tf + k1 (1 - b + b length / average)).",
        "choices/values.py",
    ),
    Choice(
        "bm25-parameters",
        "Full-text and hybrid queries",
        "BM25 has k1 = 1.2 and b = 0.75.",
        "choices/values.py",
    ),
    Choice(
        "bm25-idf",
        "Full-text and hybrid queries",
        "The idf of BM25 is ln(1 + (N - n + 0.5) / (n + 0.5)) for a term that n of N records have.",
        "choices/values.py",
    ),
    Choice(
        "bm25-records",
        "Full-text and hybrid queries",
        "N and the average length of BM25 are those of all records with a term under the key, whatever "
        "the filter says.",
        "search/text_index.py",
    ),
    Choice(
        "terms-ored",
        "Full-text and hybrid queries",
        "A record with any term of the query is found, and a record with none is not: a query of stop "
        "words alone finds nothing.",
        "choices/values.py",
    ),
    Choice(
        "repeated-query-terms",
        "Full-text and hybrid queries",
        "A term that appears twice in the query counts once.",
        "choices/values.py",
    ),
    Choice(
        "several-query-texts",
        "Full-text and hybrid queries",
        "Several `queryTexts` without a vector rank by the sum of their scores.",
        "choices/values.py",
    ),
    Choice(
        "equal-scores",
        "Full-text and hybrid queries",
        "Hits of equal scores come in the order of their keys.",
        "search/ranking.py",
    ),
    Choice(
        "missing-distance",
        "Full-text and hybrid queries",
        "A hit that is in no vector ranking has no `distance`: every hit of a query without a vector, and "
        "a hit that is too deep in the vector ranking of a hybrid query.",
        "choices/values.py",
    ),
    Choice(
        "rank-fusion",
        "Full-text and hybrid queries",
        "The score of a hybrid query is the sum of 1 / (60 + rank) over the vector ranking and one "
        "ranking for each of the `queryTexts`; the first rank is 1.",
        "choices/values.py",
    ),
    Choice(
        "ranking-depth",
        "Full-text and hybrid queries",
        "Each ranking of a hybrid query is as deep as `topK` but at least 100; so raising `topK` above "
        "100 can change the order.",
        "choices/values.py",
    ),
    Choice(
        "empty-bm25-scores",
        "Full-text and hybrid queries",
        "`bm25Scores` is an empty list where no key matched.",
        "operations/query.py",
    ),
    Choice(
        "text-query-on-classic-index-text",
        "Full-text and hybrid queries",
        "The text of the refusal of `queryTexts` on a CLASSIC index is the mock's own.",
        "errors/refusals.py",
        unasked="A vector bucket that a run makes takes no CLASSIC index.",
    ),
    Choice(
        "duplicate-query-texts-text",
        "Full-text and hybrid queries",
        "The text of the refusal of a key twice in `queryTexts` is the mock's own.",
        "errors/refusals.py",
    ),
    Choice(
        "key-not-searchable-text",
        "Full-text and hybrid queries",
        "The text of the refusal of `queryTexts` for a key that is not configured is the mock's own.",
        "errors/refusals.py",
    ),
    Choice(
        "key-still-building",
        "Full-text and hybrid queries",
        "A query for a key that is BUILDING is a ValidationException, with a text of the mock's own.",
        "errors/refusals.py",
    ),
)
