"""Tests of distances, the engines, full-text search and fusion: pure numerics, no client."""
