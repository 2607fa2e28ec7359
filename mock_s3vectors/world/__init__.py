"""What the mock remembers: accounts and Regions, vector buckets, indexes, vectors. No HTTP in here."""

from mock_s3vectors.world.resources import Index, TextSearch, VectorBucket
from mock_s3vectors.world.stores import Store, Stores

__all__ = ["Index", "Store", "Stores", "TextSearch", "VectorBucket"]
