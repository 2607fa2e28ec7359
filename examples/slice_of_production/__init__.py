"""Tests with a slice of what an application has in production: see `conftest`."""
