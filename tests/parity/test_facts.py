"""Each fact of the package holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.parity.facts import FACTS
from mock_s3vectors.parity.running import ask

if TYPE_CHECKING:
    from mock_s3vectors.parity.fact import Fact


@pytest.mark.aws
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_a_fact(fact: Fact) -> None:
    with mock_s3vectors(search_engine="quantized"):
        client = boto3.client("s3vectors", region_name="us-east-1")
        unchecked = boto3.client(
            "s3vectors", region_name="us-east-1", config=Config(parameter_validation=False)
        )
        client.create_vector_bucket(vectorBucketName="shared")
        outcome = ask(fact, client, unchecked, "parity-test", "shared")
        assert outcome.comparisons, outcome.reason
        assert [(each.asked, each.expected, each.met) for each in outcome.comparisons if not each.holds] == []
        assert outcome.result == "holds"
