"""Vectors in data files and state files: what places mean, reading and writing, seeding, describing."""
