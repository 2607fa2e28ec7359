"""All facts, one module for each topic."""

from __future__ import annotations

from mock_s3vectors.parity.facts import (
    analysis,
    buckets,
    encryption,
    filters,
    index_modes,
    names,
    pages,
    policies,
    queries,
    requests,
    tags,
    text_queries,
    text_search,
    vectors,
)

FACTS = (
    *requests.facts.all(),
    *names.facts.all(),
    *buckets.facts.all(),
    *index_modes.facts.all(),
    *pages.facts.all(),
    *vectors.facts.all(),
    *filters.facts.all(),
    *queries.facts.all(),
    *text_queries.facts.all(),
    *text_search.facts.all(),
    *analysis.facts.all(),
    *encryption.facts.all(),
    *policies.facts.all(),
    *tags.facts.all(),
)
