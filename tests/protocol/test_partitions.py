"""Partitions: botocore's own table says which Region belongs where."""

from __future__ import annotations

import botocore.session
import pytest
from botocore.loaders import Loader

from mock_s3vectors.protocol.partitions import partition_of

REGIONS = {
    region: partition["id"]
    for partition in Loader().load_data("partitions")["partitions"]
    for region in partition["regions"]
}


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_regions_of_the_table(region: str) -> None:
    assert partition_of(region) == REGIONS[region]


@pytest.mark.parametrize("region", ["us-east-9", "us-gov-north-7", "cn-west-3", "eu-nowhere-1"])
def test_regions_that_only_look_like_some(region: str) -> None:
    session = botocore.session.Session()
    assert partition_of(region) == session.get_partition_for_region(region)


@pytest.mark.parametrize("region", ["", "mars", "us-east-1x", "x-us-east-1", "us_east_1"])
def test_regions_that_nobody_knows_belong_to_aws(region: str) -> None:
    assert partition_of(region) == "aws"
