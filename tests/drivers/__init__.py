"""The same tests through every driver: boto3 in process and through the server, aiobotocore, and aioboto3."""

import pytest

pytest.register_assert_rewrite("tests.support.drivers", "tests.support.life_cycle", "tests.support.bulk")
