"""Clients that are not boto3, or want a botocore of their own: run by tox, each in its own environment."""

import pytest

pytest.register_assert_rewrite("tests.clients.world", "tests.support.bulk", "tests.support.life_cycle")
