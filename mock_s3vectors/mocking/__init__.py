"""Switching the mock on and off: around blocks, functions, classes and tests."""
