"""All facts, one module for each topic, or more where a topic is long.

`vectors`, `vector_numbers` and `metadata` are about writing and reading vectors; `filters` is about the
grammar, and `filter_meanings` about their matches; `queries`, `query_refusals` and `quantizing` are
about search by vector, `text_queries`, `text_scores` and `hybrid_queries` about search by text.
"""

from __future__ import annotations

from mock_s3vectors.parity.facts import (
    addresses,
    analysis,
    analysis_east_asian,
    buckets,
    conditions,
    encryption,
    filter_meanings,
    filters,
    hybrid_queries,
    index_modes,
    indexes,
    listing,
    metadata,
    names,
    pages,
    permissions,
    policies,
    quantizing,
    queries,
    query_refusals,
    requests,
    signatures,
    tags,
    text_queries,
    text_scores,
    text_search,
    text_search_updates,
    vector_numbers,
    vectors,
)

FACTS = (
    *requests.facts.all(),
    *names.facts.all(),
    *addresses.facts.all(),
    *buckets.facts.all(),
    *indexes.facts.all(),
    *index_modes.facts.all(),
    *pages.facts.all(),
    *listing.facts.all(),
    *vectors.facts.all(),
    *vector_numbers.facts.all(),
    *metadata.facts.all(),
    *filters.facts.all(),
    *filter_meanings.facts.all(),
    *queries.facts.all(),
    *query_refusals.facts.all(),
    *quantizing.facts.all(),
    *text_queries.facts.all(),
    *text_scores.facts.all(),
    *hybrid_queries.facts.all(),
    *text_search.facts.all(),
    *text_search_updates.facts.all(),
    *analysis.facts.all(),
    *analysis_east_asian.facts.all(),
    *encryption.facts.all(),
    *policies.facts.all(),
    *permissions.facts.all(),
    *conditions.facts.all(),
    *signatures.facts.all(),
    *tags.facts.all(),
)
