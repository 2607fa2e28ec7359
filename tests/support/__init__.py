"""Helpers of the tests: builders, oracles, drivers, and checks against botocore's model. No tests here."""
