"""Tests of the filters: the grammar, the meaning, and the columns they are evaluated over."""
