"""Tests of what a mock offers a test: rules, calls, views of the state, seeding, advice."""
