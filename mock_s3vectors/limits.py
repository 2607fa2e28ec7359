"""The limits of Amazon S3 Vectors that its service model does not state."""

REQUEST_BYTES = 20 * 1024 * 1024

TOP_K = 10_000
QUERY_PAGE = 100
# Documented for vectors; for buckets and indexes, Choice: list-page-size.
LIST_PAGE = 500
# Choice: page-megabyte.
# Choice: processed-bytes.
LIST_PAGE_BYTES = 1024 * 1024

# A PutVectors request is billed as at least 128 KB. Choice: billed-kilobytes.
BILLED_PUT_BYTES = 128 * 1024

KEY_BYTES = 1024
METADATA_KEYS = 50
METADATA_BYTES = 40_960
FILTERABLE_METADATA_BYTES = 2_048

TAGS = 50
TEXT_SEARCHES = 10

VECTOR_BUCKETS = 10_000
INDEXES_PER_VECTOR_BUCKET = 10_000
VECTORS_PER_INDEX = 2_000_000_000

# AWS says "several minutes". Choice: ranking-lifetime.
QUERY_TOKEN_SECONDS = 5 * 60
