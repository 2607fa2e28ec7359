"""Measurements, which are run by name: the mock beside moto, and its own parts beside plain copies."""
