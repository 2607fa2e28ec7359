"""Identities and signatures, for every library that makes clients and every way that leads to the mock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.activation.world import create, error_of, names

if TYPE_CHECKING:
    from tests.support.drivers import Driver


@pytest.mark.parametrize("kind", ["user", "role"])
def test_a_client_is_who_signs_with_its_keys(driver: Driver, kind: str) -> None:
    with driver.mock(verify_signatures=True) as on:
        identity = getattr(on.mock.iam, kind)("reader").allow("ListVectorBuckets")
        client = driver.client(**identity)
        assert names(client) == []
        assert on.mock.calls[-1].caller == identity.arn
        with pytest.raises(ClientError, match="because no identity-based policy allows"):
            create("bucket", client=client)
        identity.allow("Create*")
        create("bucket", client=client)
        wrong = driver.client(**{**identity, "aws_secret_access_key": "wrong"})
        with pytest.raises(ClientError) as caught:
            names(wrong)
        assert error_of(caught.value)[0] == "InvalidSignatureException"
