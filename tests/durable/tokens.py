"""Page tokens of servers that were killed: refused or right, never wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from mock_s3vectors.world.listing import position_of
from tests.durable.steps import DIMENSION, INDEX, SHARED
from tests.support.helpers import keys_of, listed_keys, put_batches, vector
from tests.support.shapes import QUERY_PAGES, has

if TYPE_CHECKING:
    from tests.support.helpers import Client

# An index that is written once, beside the one that all writers share.
STILL = {"vectorBucketName": "shared", "indexName": "still"}
STILL_COUNT = 150
QUERY: dict[str, Any] = {"queryVector": {"float32": [1.0] * DIMENSION}, "topK": 150}
# How many lives tokens are kept for.
LIVES = 2


@dataclass
class Token:
    """A token, and the keys of the page that it led to when it was given; None if that may change."""

    address: dict[str, str]
    token: str
    last: str
    expected: list[str] | None


class Tokens:
    """Tokens of the last servers.

    Attributes:
        refused: how many tokens of earlier servers were refused.
        right: how many led to the right page.
    """

    def __init__(self) -> None:
        self._lists: list[Token] = []
        self._queries: list[Token] = []
        self.refused = self.right = 0

    def prepare(self, client: Client) -> None:
        """Make the indexes."""
        client.create_vector_bucket(vectorBucketName="shared")
        for address in (SHARED, STILL):
            client.create_index(**address, **INDEX)
        put_batches(client, STILL, [vector(f"still {n}", [n, 1, 2]) for n in range(STILL_COUNT)])

    def collect(self, client: Client) -> None:
        """Have a server give tokens."""
        for address in (SHARED, STILL):
            page = client.list_vectors(**address, maxResults=20)
            if "nextToken" in page:
                self._lists.append(Token(address, page["nextToken"], page["vectors"][-1]["key"], None))
            query = {**address, **QUERY}
            page = client.query_vectors(**query) if has(*QUERY_PAGES) else {}
            if "nextToken" in page:
                following = client.query_vectors(**query, nextToken=page["nextToken"])["vectors"]
                token = Token(address, page["nextToken"], page["vectors"][-1]["key"], keys_of(following))
                self._queries.append(token)
        self._lists, self._queries = self._lists[-2 * LIVES :], self._queries[-2 * LIVES :]

    def check(self, client: Client) -> None:
        """Show a server its own tokens, and those of the servers before it.

        It has given some by then, so that its own names of rankings might be those of others.
        """
        listed = {name: listed_keys(client, {**SHARED, "indexName": name}) for name in ("shared", "still")}
        for token in self._lists:
            keys = listed[token.address["indexName"]]
            after = position_of(token.last)
            rest = self._page(client.list_vectors, maxResults=1000, nextToken=token.token, **token.address)
            assert rest in (None, [key for key in keys if position_of(key) > after])
        for token in self._queries:
            rest = self._page(client.query_vectors, nextToken=token.token, **QUERY, **token.address)
            assert rest in (None, token.expected)

    def _page(self, call: Any, **request: Any) -> list[str] | None:
        """Return the keys of a page; None if the token is refused."""
        try:
            page = call(**request)
        except ClientError as refusal:
            error: Any = refusal.response["Error"]
            assert (error["Code"], error["Message"]) == ("ValidationException", "Invalid page token")
            self.refused += 1
            return None
        self.right += 1
        return keys_of(page["vectors"])
