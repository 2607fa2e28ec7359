"""The marker on function, class and module: the closest one counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.activation.prelude import account

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors

pytestmark = pytest.mark.s3vectors(account_id="111122223333", max_vector_buckets=9)


def test_module(s3vectors_mock: MockS3Vectors) -> None:
    assert s3vectors_mock.config.account_id == account() == "111122223333"


@pytest.mark.s3vectors(account_id="444455556666")
def test_function(s3vectors_mock: MockS3Vectors) -> None:
    assert account() == "444455556666"
    assert s3vectors_mock.config.max_vector_buckets == 9


@pytest.mark.s3vectors(account_id="444455556666")
class TestMarked:
    def test_class(self, s3vectors_client: Any) -> None:
        assert account() == "444455556666"

    @pytest.mark.s3vectors(account_id="777788889999", search_engine="hnsw")
    def test_closest(self, s3vectors_mock: MockS3Vectors) -> None:
        config = s3vectors_mock.config
        assert (config.account_id, config.max_vector_buckets) == ("777788889999", 9)
        assert config.search_engine == "hnsw"
