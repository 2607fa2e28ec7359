"""All facts, one module for each topic, or two where a topic is long."""

from __future__ import annotations

from mock_s3vectors.parity.facts import (
    addresses,
    analysis,
    buckets,
    conditions,
    encryption,
    filters,
    index_modes,
    indexes,
    listing,
    names,
    pages,
    permissions,
    policies,
    queries,
    requests,
    signatures,
    tags,
    text_queries,
    text_search,
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
    *filters.facts.all(),
    *queries.facts.all(),
    *text_queries.facts.all(),
    *text_search.facts.all(),
    *analysis.facts.all(),
    *encryption.facts.all(),
    *policies.facts.all(),
    *permissions.facts.all(),
    *conditions.facts.all(),
    *signatures.facts.all(),
    *tags.facts.all(),
)
