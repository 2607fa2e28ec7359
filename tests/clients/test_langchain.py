"""LangChain's `AmazonS3Vectors`, under LangChain's own tests for vector stores and as applications use it.

Each test runs twice, in process and through the server. Run with `tox -e langchain`: LangChain's tests want
pytest-asyncio in its automatic mode.
"""

from __future__ import annotations

import asyncio
import inspect
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from langchain_aws.vectorstores import AmazonS3Vectors
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_tests.integration_tests import VectorStoreIntegrationTests
from langchain_tests.integration_tests.vectorstores import EMBEDDING_SIZE

from mock_s3vectors.gateway import Gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.helpers import Client, MakeIndex

    MakeStore = Callable[..., AmazonS3Vectors]

WHERE = {"vector_bucket_name": "bucket", "index_name": "index"}


def first_arguments(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> list[Any]:
    """A list that grows with the first argument of each call of a method."""
    method = getattr(owner, name)
    noted: list[Any] = []

    def note_and_call(self: Any, first: Any, *others: Any) -> Any:
        noted.append(first)
        return method(self, first, *others)

    monkeypatch.setattr(owner, name, note_and_call)
    return noted


@pytest.fixture(params=["in process", "through the server"])
def door(
    request: pytest.FixtureRequest, client: Client, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Any]]:
    """Arguments that tell AmazonS3Vectors how to reach S3 Vectors.

    At the end the test must have called it, by this door and no other: a test of the suite that skips itself,
    or is not awaited, fails here.
    """
    arguments, host, addresses = {"client": client}, "s3vectors.us-east-1.api.aws", set()
    if request.param == "through the server":
        url = request.getfixturevalue("s3vectors_server").url
        arguments = {"endpoint_url": url, "region_name": "us-east-1"}
        host, addresses = "127.0.0.1", {("127.0.0.1", urlsplit(url).port)}
    requests = first_arguments(monkeypatch, Gateway, "handle")
    connections = first_arguments(monkeypatch, socket.socket, "connect")
    yield arguments
    assert {asked.host for asked in requests} == {host}
    assert set(connections) == addresses


# --- LangChain's tests

# On purpose: langchain-aws has a test that it does.
KNOWN = "AmazonS3Vectors.get_by_ids raises ValueError for an unknown ID"


class TestAmazonS3Vectors(VectorStoreIntegrationTests):  # type: ignore[misc] # mypy runs without LangChain
    @pytest.fixture
    def empty_index(self, make_index: MakeIndex) -> None:
        """Made beforehand, because AmazonS3Vectors makes it only when the first document is added."""
        make_index(WHERE["index_name"], dimension=EMBEDDING_SIZE, metric="cosine")

    @pytest.fixture
    def vectorstore(self, empty_index: None, door: dict[str, Any]) -> AmazonS3Vectors:  # noqa: ARG002 - made before
        return AmazonS3Vectors(embedding=self.get_embeddings(), **WHERE, **door)

    @pytest.mark.xfail(reason=KNOWN, raises=ValueError)
    def test_get_by_ids_missing(self, vectorstore: AmazonS3Vectors) -> None:
        super().test_get_by_ids_missing(vectorstore)

    @pytest.mark.xfail(reason=KNOWN, raises=ValueError)
    async def test_get_by_ids_missing_async(self, vectorstore: AmazonS3Vectors) -> None:
        await super().test_get_by_ids_missing_async(vectorstore)


def test_the_suite_has_not_shrunk() -> None:
    names = [name for name in dir(VectorStoreIntegrationTests) if name.startswith("test_")]
    awaited = [
        name for name in names if inspect.iscoroutinefunction(getattr(VectorStoreIntegrationTests, name))
    ]
    assert len(awaited) >= 12
    assert len(names) >= 25  # as many that are not awaited, and one that looks at the others


# --- tests as the author of a RAG application writes them

POINTS = {
    "Star Wars": (3.0, 4.0),
    "Jurassic Park": (0.0, 1.0),
    "Finding Nemo": (1.0, 0.0),
    "adventures in space": (6.0, 8.0),
    "nothing": (0.0, 0.0),
}
STAR_WARS = Document("Star Wars", id="sw", metadata={"genre": "scifi"})
JURASSIC_PARK = Document("Jurassic Park", id="jp", metadata={"genre": "scifi"})
FINDING_NEMO = Document("Finding Nemo", id="fn", metadata={"genre": "family"})
FILMS = [STAR_WARS, JURASSIC_PARK, FINDING_NEMO]


class Plane(Embeddings):  # type: ignore[misc] # mypy runs without LangChain
    """Texts as points: those that are listed above, all others in one place."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return list(POINTS.get(text, (1.0, 1.0)))


@pytest.fixture
def make_store(door: dict[str, Any]) -> MakeStore:
    """Makes a store, and its index, of three films."""

    def make(**settings: Any) -> AmazonS3Vectors:
        titles, genres = [film.page_content for film in FILMS], [film.metadata for film in FILMS]
        ids = [film.id for film in FILMS]
        return AmazonS3Vectors.from_texts(titles, Plane(), genres, ids=ids, **WHERE, **door, **settings)

    return make


@pytest.fixture
def store(make_store: MakeStore) -> AmazonS3Vectors:
    return make_store()


def refusal(call: Callable[..., Any], *arguments: Any, **settings: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(*arguments, **settings)
    return str(error.value)


def refused(operation: str, message: str, code: str = "ValidationException") -> str:
    return f"An error occurred ({code}) when calling the {operation} operation: {message}"


def test_from_texts_makes_the_index(make_store: MakeStore) -> None:
    store = make_store(distance_metric="euclidean", non_filterable_metadata_keys=["_page_content"])
    index = store.client.get_index(vectorBucketName="bucket", indexName="index")["index"]
    assert (index["dimension"], index["distanceMetric"]) == (2, "euclidean")
    assert index["metadataConfiguration"] == {"nonFilterableMetadataKeys": ["_page_content"]}
    assert store.get_by_ids(["fn", "sw", "fn"]) == [FINDING_NEMO, STAR_WARS, FINDING_NEMO]


def test_cosine_distances_are_scores(store: AmazonS3Vectors) -> None:
    found = store.similarity_search_with_score("adventures in space", k=3)
    assert [film for film, _ in found] == [STAR_WARS, JURASSIC_PARK, FINDING_NEMO]
    assert [score for _, score in found] == pytest.approx([0.0, 0.2, 0.4], abs=1e-6)
    assert store.similarity_search_with_relevance_scores("Finding Nemo", k=1) == [(FINDING_NEMO, 1.0)]


def test_euclidean_distances_are_squared(make_store: MakeStore) -> None:
    store = make_store(distance_metric="euclidean")
    found = store.similarity_search_with_score("nothing", k=3)
    assert found == [(FINDING_NEMO, 1.0), (JURASSIC_PARK, 1.0), (STAR_WARS, 25.0)]


@pytest.mark.parametrize(
    ("where", "films"),
    [
        ({"genre": "family"}, [FINDING_NEMO]),
        ({"genre": {"$eq": "scifi"}}, [STAR_WARS, JURASSIC_PARK]),
        ({"genre": {"$in": ["family", "western"]}}, [FINDING_NEMO]),
        ({"$and": [{"genre": "scifi"}, {"_page_content": {"$ne": "Star Wars"}}]}, [JURASSIC_PARK]),
        ({"genre": "western"}, []),
        (None, FILMS),
    ],
)
def test_a_filter_selects_documents(store: AmazonS3Vectors, where: Any, films: list[Document]) -> None:
    assert store.similarity_search("adventures in space", k=3, filter=where) == films


def test_a_retriever(store: AmazonS3Vectors) -> None:
    retriever = store.as_retriever(search_kwargs={"k": 2, "filter": {"genre": "scifi"}})
    assert retriever.invoke("Finding Nemo") == [STAR_WARS, JURASSIC_PARK]


def test_a_retriever_asked_many_questions_at_once(store: AmazonS3Vectors) -> None:
    retriever = store.as_retriever(search_kwargs={"k": 1})
    questions = [film.page_content for film in FILMS] * 10
    assert asyncio.run(retriever.abatch(questions)) == [[film] for film in FILMS * 10]


def test_deleted_documents_are_not_found(store: AmazonS3Vectors) -> None:
    assert store.delete(["sw", "fn", "never added"]) is True
    assert store.similarity_search("adventures in space", k=3) == [JURASSIC_PARK]


def test_a_store_without_its_index(store: AmazonS3Vectors) -> None:
    assert store.delete() is True
    not_found = refused("QueryVectors", "The specified index could not be found", "NotFoundException")
    assert refusal(store.similarity_search, "adventures in space") == not_found
    store.add_documents([JURASSIC_PARK])
    assert store.similarity_search("adventures in space") == [JURASSIC_PARK]


@pytest.mark.parametrize(
    "where",
    [{"genre": "scifi", "_page_content": "Star Wars"}, {}, {"genre": {"$like": "sci"}}, {"genre": None}],
)
def test_a_filter_that_the_service_refuses(store: AmazonS3Vectors, where: Any) -> None:
    message = refused("QueryVectors", "Invalid filter")
    assert refusal(store.similarity_search, "adventures in space", filter=where) == message


def test_a_filter_on_page_contents_that_are_not_filterable(make_store: MakeStore) -> None:
    store = make_store(non_filterable_metadata_keys=["_page_content"])
    message = refused("QueryVectors", "Invalid use of non-filterable metadata in filter")
    where = {"_page_content": "Star Wars"}
    assert refusal(store.similarity_search, "adventures in space", filter=where) == message


# The page is one more metadata value: what counts is its characters, 13 for its key, 8 more, and 4 in all.
LONGEST_PAGE = 2048 - 13 - 8 - 4


def test_a_page_content_is_filterable_metadata(store: AmazonS3Vectors) -> None:
    longest, too_long = "x" * LONGEST_PAGE, "x" * (LONGEST_PAGE + 1)
    message = refused(
        "PutVectors", "Invalid record for key 'long': Filterable metadata must have at most 2048 bytes"
    )
    assert refusal(store.add_texts, ["short", too_long], ids=["short", "long"]) == message
    with pytest.raises(ValueError, match=r"^Id 'short' not found in vector store\.$"):
        store.get_by_ids(["short"])
    store.add_texts([longest], ids=["long"])
    assert store.get_by_ids(["long"]) == [Document(longest, id="long")]


def test_a_long_page_content_that_is_not_filterable(make_store: MakeStore) -> None:
    store = make_store(non_filterable_metadata_keys=["_page_content"])
    page = Document("x" * 40_000, id="long", metadata={"page": 7})
    store.add_documents([page])
    assert store.similarity_search("anything", filter={"page": 7}) == [page]


VALUES = "Metadata values must be strings, numbers, booleans, or arrays"


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"source": None}, VALUES),
        ({"loc": {"lines": {"from": 1}}}, VALUES),
        ({"tags": []}, "Empty arrays are not allowed in metadata"),
        ({str(key): key for key in range(50)}, "Metadata object must have at most 50 keys"),
    ],
    ids=["null", "nested", "empty list", "fifty keys and the page content"],
)
def test_metadata_that_the_service_refuses(store: AmazonS3Vectors, metadata: Any, message: str) -> None:
    page = Document("page", id="page", metadata=metadata)
    expected = refused("PutVectors", f"Invalid record for key 'page': {message}")
    assert refusal(store.add_documents, [page]) == expected


def test_an_embedding_of_another_model(store: AmazonS3Vectors) -> None:
    message = refused("QueryVectors", "Query vector contains invalid values or is invalid for this index")
    assert refusal(store.similarity_search_by_vector, [1.0, 2.0, 3.0]) == message


def test_an_id_twice_in_a_delete(store: AmazonS3Vectors) -> None:
    message = refused("DeleteVectors", "Request must not contain duplicate keys")
    assert refusal(store.delete, ["sw", "sw"]) == message
    assert store.get_by_ids(["sw"]) == [STAR_WARS]
