"""An application with LangChain that answers questions from documents, and its tests.

To run the tests::

    pip install mock_s3vectors langchain-aws pytest
    pytest examples/recipes/langchain_application.py

`AmazonS3Vectors` of langchain-aws keeps the documents. In the tests the embeddings are counts of words, and
the language model repeats what it is told; the vector store is the real one, on the mock.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from langchain_aws.vectorstores import AmazonS3Vectors
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from mock_s3vectors import mock_s3vectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langchain_core.prompt_values import PromptValue
    from langchain_core.runnables import Runnable
    from types_boto3_s3vectors import S3VectorsClient

    from mock_s3vectors import MockS3Vectors

# --- the application

BUCKET, INDEX = "library", "manuals"

PROMPT = ChatPromptTemplate.from_template("Answer from these facts alone.\n\n{facts}\n\nQuestion: {question}")


def open_store(client: S3VectorsClient, embeddings: Embeddings) -> AmazonS3Vectors:
    """Return the store of the manuals; LangChain makes its index with the first document."""
    return AmazonS3Vectors(
        vector_bucket_name=BUCKET,
        index_name=INDEX,
        embedding=embeddings,
        client=client,
        # Else the texts count as filterable metadata, and more than 2,048 bytes of it are refused.
        non_filterable_metadata_keys=["_page_content"],
    )


def add_manual(store: AmazonS3Vectors, product: str, paragraphs: Sequence[str]) -> None:
    """Store the paragraphs of a product's manual, in place of those of an older edition."""
    store.add_documents(
        [
            Document(text, id=f"{product}-{number}", metadata={"product": product, "paragraph": number})
            for number, text in enumerate(paragraphs, 1)
        ]
    )


def assistant(store: AmazonS3Vectors, model: Runnable[Any, Any], product: str) -> Runnable[str, str]:
    """Return a chain that answers questions on a product from its manual."""
    retriever = store.as_retriever(search_kwargs={"k": 2, "filter": {"product": product}})
    facts = retriever | RunnableLambda(in_words)
    return {"facts": facts, "question": RunnablePassthrough()} | PROMPT | model | StrOutputParser()


def in_words(documents: Sequence[Document]) -> str:
    """Return documents as the model shall read them."""
    return "\n".join(f"[{document.metadata['paragraph']}] {document.page_content}" for document in documents)


# --- its tests

WORDS = ("clean", "filter", "water", "noise", "switch", "warranty")


class CountedWords(Embeddings):
    """Embeddings that need no model: how often each of a few words comes in a text."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the embedding of each text."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Return the embedding of a text; AWS refuses one of zeros."""
        return [0.01 + text.lower().count(word) for word in WORDS]


def repeat(prompt: PromptValue) -> str:
    """Answer as a language model that repeats what it is told."""
    return str(prompt.to_string())


MODEL = RunnableLambda(repeat)
KETTLE = [
    "Clean the filter with warm water once a month.",
    "Fill in water up to the mark.",
    "The warranty ends after two years.",
]


@pytest.fixture
def mock() -> Iterator[MockS3Vectors]:
    with mock_s3vectors(skip_retry_delays=True) as mock:
        yield mock


@pytest.fixture
def store(mock: MockS3Vectors) -> AmazonS3Vectors:
    """A store with the manuals of two products."""
    client = boto3.client("s3vectors", region_name="us-east-1")
    client.create_vector_bucket(vectorBucketName=BUCKET)
    store = open_store(client, CountedWords())
    add_manual(store, "kettle", KETTLE)
    add_manual(store, "fan", ["Clean the filter with a brush.", "Switch it off against noise."])
    mock.calls.clear()
    return store


def test_the_model_is_told_what_the_manual_says(store: AmazonS3Vectors) -> None:
    told = assistant(store, MODEL, "kettle").invoke("How do I clean the filter?")
    assert told == (
        "Human: Answer from these facts alone.\n\n"
        "[1] Clean the filter with warm water once a month.\n"
        "[2] Fill in water up to the mark.\n\n"
        "Question: How do I clean the filter?"
    )


def test_other_products_are_left_out(mock: MockS3Vectors, store: AmazonS3Vectors) -> None:
    assert "brush" in assistant(store, MODEL, "fan").invoke("How do I clean the filter?")
    mock.assert_called("QueryVectors", times=1, topK=2, filter={"product": "fan"})


def test_many_questions_at_once(mock: MockS3Vectors, store: AmazonS3Vectors) -> None:
    questions = ["clean the filter", "fill in water", "which warranty"] * 5
    answers = asyncio.run(assistant(store, MODEL, "kettle").abatch(questions))
    for answer, first in zip(answers, KETTLE * 5, strict=True):
        assert answer.split("] ")[1].startswith(first)
    mock.assert_called("QueryVectors", times=15)


def test_a_new_edition_replaces_the_old_one(mock: MockS3Vectors, store: AmazonS3Vectors) -> None:
    add_manual(store, "fan", ["Wash the filter."])
    assert mock.index(BUCKET, INDEX)["fan-1"].metadata == {
        "_page_content": "Wash the filter.",
        "product": "fan",
        "paragraph": 1,
    }
    # The rest of the old edition stays: it is up to the application to delete it.
    assert "fan-2" in mock.index(BUCKET, INDEX)


def test_long_paragraphs_are_stored(mock: MockS3Vectors, store: AmazonS3Vectors) -> None:
    add_manual(store, "oven", ["clean " * 1_000])
    assert len(mock.index(BUCKET, INDEX)["oven-1"].metadata["_page_content"]) == 6_000
    assert mock.index(BUCKET, INDEX).non_filterable_metadata_keys == ("_page_content",)


def test_a_large_manual_is_put_in_few_requests(mock: MockS3Vectors, store: AmazonS3Vectors) -> None:
    add_manual(store, "car", [f"switch {number}" for number in range(450)])
    assert [len(call.params["vectors"]) for call in mock.calls.of("PutVectors")] == [200, 200, 50]


def test_a_throttled_search_is_retried(mock: MockS3Vectors, store: AmazonS3Vectors) -> None:
    mock.fail("QueryVectors", "TooManyRequestsException", times=2)
    assert "warm water" in assistant(store, MODEL, "kettle").invoke("clean the filter")


def test_a_search_that_stays_refused_is_not_hidden(mock: MockS3Vectors, store: AmazonS3Vectors) -> None:
    mock.fail("QueryVectors", "AccessDeniedException")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        assistant(store, MODEL, "kettle").invoke("clean the filter")
