"""Tests of the operations through a client: parameters, answers, refusals, and pages."""
