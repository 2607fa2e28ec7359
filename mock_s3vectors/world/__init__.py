"""All that one mocked S3 Vectors is: vector buckets, indexes, vectors, time, exchanges. It knows no HTTP."""

from mock_s3vectors.world.clock import Clock
from mock_s3vectors.world.resources import Index, TextSearch, VectorBucket
from mock_s3vectors.world.stores import Store, Stores
from mock_s3vectors.world.world import World

__all__ = ["Clock", "Index", "Store", "Stores", "TextSearch", "VectorBucket", "World"]
