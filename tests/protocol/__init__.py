"""Tests of the wire: botocore's model and botocore's own serializer and parser are the oracle."""
