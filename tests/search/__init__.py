"""Tests of distances, flat and HNSW search, full-text search and fusion: pure numerics, no client."""
