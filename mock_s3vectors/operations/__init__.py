"""The operations of Amazon S3 Vectors: the table of contents of the package.

Every operation takes an exchange and its validated parameters, and returns the members of its output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.operations import buckets, indexes, metadata_configuration, policies, query, tags, vectors

if TYPE_CHECKING:
    from mock_s3vectors.exchange import Operation

# An older botocore has fewer operations than this table.
OPERATIONS: dict[str, Operation] = {
    "CreateIndex": indexes.create_index,
    "CreateVectorBucket": buckets.create_vector_bucket,
    "DeleteIndex": indexes.delete_index,
    "DeleteVectorBucket": buckets.delete_vector_bucket,
    "DeleteVectorBucketPolicy": policies.delete_vector_bucket_policy,
    "DeleteVectors": vectors.delete_vectors,
    "GetIndex": indexes.get_index,
    "GetVectorBucket": buckets.get_vector_bucket,
    "GetVectorBucketPolicy": policies.get_vector_bucket_policy,
    "GetVectors": vectors.get_vectors,
    "ListIndexes": indexes.list_indexes,
    "ListTagsForResource": tags.list_tags_for_resource,
    "ListVectorBuckets": buckets.list_vector_buckets,
    "ListVectors": vectors.list_vectors,
    "PutVectorBucketDefaultIndexMode": buckets.put_vector_bucket_default_index_mode,
    "PutVectorBucketPolicy": policies.put_vector_bucket_policy,
    "PutVectors": vectors.put_vectors,
    "QueryVectors": query.query_vectors,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "UpdateIndexMode": indexes.update_index_mode,
    "UpdateMetadataConfiguration": metadata_configuration.update_metadata_configuration,
}

__all__ = ["OPERATIONS"]
