"""Choices about buckets and indexes, lists, vectors, encryption, policies, tags and usage."""

from __future__ import annotations

from mock_s3vectors.choices.registry.entry import Choice

CHOICES = (
    # --- buckets and indexes
    Choice(
        "vector-bucket-quota-text",
        "Buckets and indexes",
        "The text of a used-up quota of vector buckets is the mock's own.",
        "errors/refusals.py",
        unasked="A run does not make 10,000 vector buckets.",
    ),
    Choice(
        "index-quota-text",
        "Buckets and indexes",
        "The text of a used-up quota of indexes is the mock's own.",
        "errors/refusals.py",
        unasked="A run does not make 10,000 indexes.",
    ),
    Choice(
        "shown-metadata-configuration",
        "Buckets and indexes",
        "GetIndex shows a `metadataConfiguration` if CreateIndex was given one, or while keys are "
        "configured for text search.",
        "operations/metadata_configuration.py",
    ),
    Choice(
        "lost-creation-race",
        "Buckets and indexes",
        "With `conflict_as_500=True`, every CreateVectorBucket and CreateIndex that began before the name "
        "was taken is an InternalServerException. On AWS one in five was.",
        "operations/helpers/creation.py",
        unasked="It is about an option of the mock; races are up to chance.",
    ),
    Choice(
        "index-delay",
        "Buckets and indexes",
        "With `index_delay`, no call finds a new index until the time has passed, but its name is taken and "
        "its bucket is not empty.",
        "operations/indexes.py",
        unasked="It is about an option of the mock.",
    ),
    # --- index modes
    Choice(
        "mode-by-clock",
        "Index modes",
        "A bucket that is made before 2026-09-30 by the mock's clock is CLASSIC, unless an option says "
        "otherwise.",
        "operations/buckets.py",
        unasked="Nobody can set AWS's clock back.",
    ),
    Choice(
        "classic-keeps-text-search",
        "Index modes",
        "An index that is made CLASSIC again keeps its text search configurations, and cannot use them "
        "meanwhile.",
        "operations/indexes.py",
        unasked="AWS makes no vector bucket any more that supports CLASSIC.",
    ),
    Choice(
        "text-query-on-classic-index",
        "Index modes",
        '`queryMode="ENHANCED"` does not make a CLASSIC index searchable for text.',
        "operations/query.py",
        unasked="AWS makes no vector bucket any more that supports CLASSIC.",
    ),
    # --- lists and pages
    Choice(
        "list-order",
        "Lists and pages",
        "Buckets and indexes come in the order of their names.",
        "operations/helpers/paging.py",
    ),
    Choice(
        "list-page-size",
        "Lists and pages",
        "ListVectorBuckets and ListIndexes return 500 entries a page by default.",
        "limits.py",
        unasked="A run does not make 501 vector buckets, or as many indexes.",
    ),
    Choice(
        "page-token-text",
        "Lists and pages",
        "Every list refuses a bad token with `Invalid page token`, which was seen for QueryVectors only.",
        "errors/refusals.py",
    ),
    Choice(
        "empty-pages",
        "Lists and pages",
        "With `empty_pages=True`, the first page of a list and each after a page with entries are empty and "
        "have a token, unless the list has nothing left. Pages of QueryVectors are as always.",
        "operations/helpers/paging.py",
        unasked="It is about an option of the mock; on AWS empty pages are up to chance.",
    ),
    Choice(
        "page-token-of-changed-request",
        "Lists and pages",
        "A token that comes with a changed request is refused with `Invalid page token`.",
        "operations/helpers/paging.py",
    ),
    Choice(
        "list-vectors-order",
        "Lists and pages",
        "ListVectors orders by a hash of the key, the same in every run.",
        "world/listing.py",
    ),
    Choice(
        "list-while-writing",
        "Lists and pages",
        "ListVectors returns no key twice while others write, and skips none that is there throughout.",
        "world/listing.py",
    ),
    Choice(
        "page-megabyte",
        "Lists and pages",
        "The 1 MB after which a page of ListVectors ends is 2**20 bytes.",
        "limits.py",
    ),
    Choice(
        "processed-bytes",
        "Lists and pages",
        "The bytes of a page are counted from key, data and metadata as stored, whatever the request "
        "wants returned.",
        "limits.py",
    ),
    Choice(
        "half-segment-text",
        "Lists and pages",
        "One of `segmentCount` and `segmentIndex` without the other is a ValidationException, with a text "
        "of the mock's own.",
        "errors/refusals.py",
    ),
    Choice(
        "segment-index-text",
        "Lists and pages",
        "A `segmentIndex` that is not below `segmentCount` is a ValidationException, with a text of the "
        "mock's own.",
        "errors/refusals.py",
    ),
    Choice(
        "frozen-ranking",
        "Lists and pages",
        "The first page of a query freezes the ranking for its further pages.",
        "world/rankings.py",
    ),
    Choice(
        "ranking-lifetime",
        "Lists and pages",
        "A frozen ranking lasts for five minutes.",
        "limits.py",
        unasked="A run does not wait for several minutes.",
    ),
    Choice(
        "rankings-kept",
        "Lists and pages",
        "An index keeps the rankings of the last 256 queries with more than one page, but of no more than "
        "500,000 hits in all (50 queries with a `topK` of 10,000).",
        "world/rankings.py",
        unasked="A run does not make 257 queries, or 500,000 hits.",
    ),
    Choice(
        "ranking-gone",
        "Lists and pages",
        "The request for the next page of a ranking that is gone is refused: `Invalid page token`.",
        "operations/query.py",
    ),
    # --- vectors
    Choice(
        "whole-batch",
        "Vectors",
        "Nothing of a batch is stored when one of its records is refused.",
        "operations/helpers/records.py",
    ),
    Choice(
        "first-bad-record",
        "Vectors",
        "The message of a refused batch names the first bad record.",
        "operations/helpers/records.py",
    ),
    Choice(
        "duplicate-keys-in-put",
        "Vectors",
        "A key twice in PutVectors is refused as it is in DeleteVectors.",
        "errors/refusals.py",
    ),
    Choice(
        "get-vectors-order",
        "Vectors",
        "GetVectors returns vectors in the order in which ListVectors lists them.",
        "operations/vectors.py",
    ),
    Choice(
        "vector-quota-text",
        "Vectors",
        "The text of a used-up quota of vectors is the mock's own.",
        "errors/refusals.py",
        unasked="A run does not put two billion vectors.",
    ),
    Choice(
        "large-integers",
        "Vectors",
        "An integer of more than 64 bits in metadata comes back as the nearest float64.",
        "protocol/parser.py",
    ),
    # --- encryption
    Choice(
        "empty-encryption-configuration",
        "Encryption",
        "An `encryptionConfiguration` without members asks for AES256, and inherits nothing.",
        "operations/helpers/encryption.py",
    ),
    Choice(
        "kms-key-missing-field-list",
        "Encryption",
        "The refusals of aws:kms without a key, and of a key without a type of encryption, have a "
        "`fieldList`, as that of AES256 with a key has.",
        "errors/refusals.py",
    ),
    # --- policies
    Choice(
        "delete-missing-policy",
        "Policies",
        "Deleting a policy that is not there succeeds.",
        "operations/policies.py",
    ),
    Choice(
        "policy-grammar",
        "Policies",
        "A policy is a JSON object with statements. Each statement has an Effect (Allow or Deny), a "
        "Principal or a NotPrincipal, an Action or a NotAction, a Resource or a NotResource, and perhaps a "
        "Sid and a Condition, in the form of IAM's grammar. Other elements are refused, and so is a key "
        "that an object has twice.",
        "authorization/documents.py",
    ),
    Choice(
        "policy-names",
        "Policies",
        "The mock looks up no principal, action or resource that a policy names, and checks no more than "
        "the form.",
        "operations/policies.py",
    ),
    Choice(
        "malformed-policy-text",
        "Policies",
        "A text that is no policy is a ValidationException, with a text of the mock's own.",
        "errors/refusals.py",
    ),
    # --- tags
    Choice(
        "system-tags-everywhere",
        "Tags",
        "The rules on system tags that were seen at CreateIndex hold wherever tags are given.",
        "errors/refusals.py",
    ),
    Choice(
        "too-many-tags-everywhere",
        "Tags",
        "The words for more than 50 tags that were seen at CreateIndex are used wherever tags are given.",
        "errors/refusals.py",
    ),
    Choice(
        "untag-missing",
        "Tags",
        "Removing tags that are not there succeeds.",
        "operations/tags.py",
    ),
    # --- usage
    Choice(
        "billed-kilobytes",
        "Usage",
        "The 128 KB that a PutVectors request is billed as at least are 131,072 bytes.",
        "limits.py",
        unasked="AWS tells no client what a call counts for.",
    ),
    Choice(
        "billed-metadata",
        "Usage",
        "Usage counts the bytes of metadata as its limits do: 4 for each record, even one without metadata; "
        "and for each entry 8, its key and its value.",
        "operations/helpers/records.py",
        unasked="AWS tells no client what a call counts for.",
    ),
    Choice(
        "billed-query-pages",
        "Usage",
        "Each page of a query counts as a request; only the first one processes data.",
        "operations/query.py",
        unasked="AWS tells no client what a call counts for.",
    ),
    Choice(
        "billed-text-queries",
        "Usage",
        "A query by text processes as many bytes as one by vector.",
        "operations/query.py",
        unasked="AWS tells no client what a call counts for.",
    ),
    Choice(
        "unbilled-refusals",
        "Usage",
        "A refused call counts for nothing in the usage.",
        "workbench/usage.py",
        unasked="AWS tells no client what a call counts for.",
    ),
)
