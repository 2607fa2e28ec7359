"""Tests of policies: a table of decisions, the grammar, patterns and conditions, properties, and needs.

`test_oracle` and `test_published_actions` compare them with what others say.
"""
