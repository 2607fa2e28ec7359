"""Deleting vectors by key, metadata or age: with a client of the caller, or from any place."""
