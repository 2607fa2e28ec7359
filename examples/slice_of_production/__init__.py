"""Tests with a slice of the vectors that an application has in production: see `conftest`."""
