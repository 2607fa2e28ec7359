"""Tests of what a boto3 client sees: a file for each family of operations, and for what crosses all of them.

Resources: `test_buckets`, `test_indexes`, `test_policies`, `test_tags`, `test_encryption`,
`test_index_modes`.
Vectors: `test_put_vectors`, `test_put_metadata`, `test_get_delete_vectors`, `test_list_vectors`.
Queries: `test_query_*` by vector, `test_text_*` and `test_metadata_configuration` by text,
`test_hybrid_queries` by both, `test_approximate_search` through HNSW, `test_quantized` as AWS answers, and
`test_recall` with misses.
Across all: `test_addressing`, `test_lookups`, `test_paging`, `test_quotas`, `test_enhanced_options`, and
`test_stateful`, in which a plain dictionary and the mock do the same.
"""
