"""Calls functions of `neighbours`, and prints which of the libraries that are its arguments were loaded."""

from __future__ import annotations

import sys

before = set(sys.modules)
from mock_s3vectors import neighbours

assert neighbours.default_session() is None
neighbours.set_default_session("session")
assert not neighbours.moto_is_on()
assert neighbours.moto_caller_of("some-id") is None
assert not neighbours.moto_has_kms_keys()
assert neighbours.moto_kms_key("arn:aws:kms:us-east-1:123456789012:key/1") is None
for is_one in (neighbours.is_unittest_case, neighbours.is_state_machine, neighbours.has_examples):
    assert not is_one(int)
assert not neighbours.is_fixture(int)
assert neighbours.machine_of(print) is None
print({name.split(".")[0] for name in set(sys.modules) - before} & set(sys.argv))
