"""Many tenants in one index, kept apart by a filter, and the tests that no tenant sees pages of another.

To run the tests::

    pytest examples/recipes/multi_tenant.py

Each vector has its tenant in the metadata, and as the first part of its key. Every query has a condition on
the tenant around whatever the caller asks for. (Few and large tenants may have an index each instead.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import UnknownFilterKeyAdvice, current_mock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from types_boto3_s3vectors import S3VectorsClient

    from mock_s3vectors import MockS3Vectors

# --- the application

BUCKET, INDEX = "library", "pages"


class TenantStore:
    """The pages of one tenant."""

    def __init__(self, client: S3VectorsClient, tenant: str) -> None:
        if not tenant or "/" in tenant:
            raise ValueError(f"{tenant!r} is not a tenant")
        self._client = client
        self._tenant = tenant

    def put(self, name: str, embedding: Sequence[float], **metadata: Any) -> None:
        """Put a page. Whatever the metadata says, it belongs to this tenant."""
        self._client.put_vectors(
            vectorBucketName=BUCKET,
            indexName=INDEX,
            vectors=[
                {
                    "key": self._key(name),
                    "data": {"float32": embedding},
                    "metadata": {**metadata, "tenant": self._tenant},
                }
            ],
        )

    def get(self, names: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return the metadata of pages, by name; those that are not there are missing."""
        answer = self._client.get_vectors(
            vectorBucketName=BUCKET,
            indexName=INDEX,
            keys=[self._key(name) for name in names],
            returnMetadata=True,
        )
        return {self._name(vector["key"]): vector["metadata"] for vector in answer["vectors"]}

    def search(
        self, embedding: Sequence[float], condition: Mapping[str, Any] | None = None, most: int = 10
    ) -> list[str]:
        """Return the names of the nearest pages, the nearest first.

        Args:
            embedding: what to look for.
            condition: a filter of S3 Vectors, from the user.
            most: how many pages.
        """
        own = {"tenant": {"$eq": self._tenant}}
        answer = self._client.query_vectors(
            vectorBucketName=BUCKET,
            indexName=INDEX,
            topK=most,
            queryVector={"float32": embedding},
            # Both must hold, so no condition, even one with $or, leads to other tenants.
            filter={"$and": [own, condition]} if condition else own,
        )
        return [self._name(vector["key"]) for vector in answer["vectors"]]

    def delete(self, names: Iterable[str]) -> None:
        """Delete pages."""
        self._client.delete_vectors(
            vectorBucketName=BUCKET, indexName=INDEX, keys=[self._key(name) for name in names]
        )

    def _key(self, name: str) -> str:
        return f"{self._tenant}/{name}"

    def _name(self, key: str) -> str:
        return key.removeprefix(f"{self._tenant}/")


# --- its tests


@pytest.fixture(autouse=True)
def pages(s3vectors_mock: MockS3Vectors) -> None:
    """Have two tenants with pages of the same names, of which those of `acme` are always nearer.

    A query that names no tenant fails, in every test, whatever part of the application makes it.
    """
    s3vectors_mock.seed(
        BUCKET,
        INDEX,
        [[1, 0], [1, 1], [1, 2], [1, 3]],
        keys=["acme/prices", "acme/wages", "zenith/prices", "zenith/wages"],
        metadata=[
            {"tenant": tenant, "secret": secret} for tenant in ("acme", "zenith") for secret in (False, True)
        ],
    )
    s3vectors_mock.fail(
        "QueryVectors",
        "AccessDeniedException",
        "A query must be about one tenant",
        when=lambda call: not is_about_one_tenant(call.params.get("filter", {})),
        optional=True,
    )


def is_about_one_tenant(condition: dict[str, Any]) -> bool:
    """Return whether a filter begins with the condition that the store puts around all others."""
    first = condition.get("$and", [condition])[0]
    return list(first) == ["tenant"] and list(first["tenant"]) == ["$eq"]


@pytest.fixture
def zenith(s3vectors_client: S3VectorsClient) -> TenantStore:
    return TenantStore(s3vectors_client, "zenith")


def test_a_tenant_finds_its_own_pages(zenith: TenantStore) -> None:
    assert zenith.search([1, 0]) == ["prices", "wages"]
    current_mock().assert_called("QueryVectors", filter={"tenant": {"$eq": "zenith"}})


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({"secret": True}, ["wages"]),
        ({"tenant": "acme"}, []),
        ({"$or": [{"tenant": "acme"}, {"secret": False}]}, ["prices"]),
        ({"tenant": {"$ne": "zenith"}}, []),
    ],
)
def test_no_condition_leads_to_other_tenants(
    zenith: TenantStore, condition: dict[str, Any], found: list[str]
) -> None:
    assert zenith.search([1, 0], condition) == found


def test_no_name_leads_to_other_tenants(zenith: TenantStore) -> None:
    assert zenith.get(["prices", "../acme/wages", "acme/wages"]) == {
        "prices": {"tenant": "zenith", "secret": False}
    }


def test_a_page_cannot_be_put_under_another_tenant(zenith: TenantStore) -> None:
    zenith.put("forged", [1, 0], tenant="acme")
    stored = current_mock().index(BUCKET, INDEX)["zenith/forged"]
    assert stored.metadata == {"tenant": "zenith"}


def test_a_delete_leaves_the_pages_of_others(zenith: TenantStore) -> None:
    zenith.delete(["prices", "wages"])
    assert current_mock().index(BUCKET, INDEX).keys == ("acme/prices", "acme/wages")


@pytest.mark.parametrize("tenant", ["", "acme/prices"])
def test_other_texts_are_no_tenants(s3vectors_client: S3VectorsClient, tenant: str) -> None:
    with pytest.raises(ValueError, match="is not a tenant"):
        TenantStore(s3vectors_client, tenant)


def test_a_query_that_forgets_the_tenant_fails(s3vectors_client: S3VectorsClient) -> None:
    with pytest.raises(s3vectors_client.exceptions.AccessDeniedException, match="about one tenant"):
        s3vectors_client.query_vectors(
            vectorBucketName=BUCKET,
            indexName=INDEX,
            topK=2,
            queryVector={"float32": [1, 0]},
            filter={"secret": False},
        )


@pytest.mark.s3vectors(advice=True)
def test_a_misspelt_key_finds_nothing_and_is_warned_of(zenith: TenantStore) -> None:
    """AWS answers such a query with an empty list, and says nothing."""
    with pytest.warns(UnknownFilterKeyAdvice, match="Did you mean 'secret'"):
        assert zenith.search([1, 0], {"secrets": True}) == []
