"""Tests of policies: who may do what."""
