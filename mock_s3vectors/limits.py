"""The limits of Amazon S3 Vectors that its service model does not state."""

REQUEST_BYTES = 20 * 1024 * 1024

TOP_K = 10_000
QUERY_PAGE = 100
# Choice for buckets and indexes; documented for vectors.
LIST_PAGE = 500
# Choice: a megabyte is 2**20 bytes, and a vector is processed as it is stored (key, data and
# metadata), whatever the request wants returned.
LIST_PAGE_BYTES = 1024 * 1024

KEY_BYTES = 1024
METADATA_KEYS = 50
METADATA_BYTES = 40_960
FILTERABLE_METADATA_BYTES = 2_048

TAGS = 50
TEXT_SEARCHES = 10

VECTOR_BUCKETS = 10_000
INDEXES_PER_VECTOR_BUCKET = 10_000
VECTORS_PER_INDEX = 2_000_000_000

# Choice: AWS says "several minutes".
QUERY_TOKEN_SECONDS = 5 * 60
