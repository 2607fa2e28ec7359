"""Tests of policies: a table of decisions, the grammar, patterns and conditions, properties, and needs."""
