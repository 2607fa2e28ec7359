"""Tests of distances, flat, HNSW and quantized search, full-text search and fusion: pure numerics, no client."""
