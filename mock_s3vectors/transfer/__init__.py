"""Vectors between data files, state files, servers and AWS: copying, describing and deleting."""
