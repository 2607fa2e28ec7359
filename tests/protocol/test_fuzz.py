"""Whatever comes in: a modelled answer goes out, or a UsageError that the mock is meant to raise.

`tests/conftest.py` holds every answer against the model, so what is tested here besides is that there
is one.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from mock_s3vectors import UsageError
from tests.support.helpers import INDEX
from tests.support.shapes import QUERY_PAGES, needs

from .samples import VALID, service, valid_requests
from .spoiling import as_json, spoiled, spoiled_requests, values
from .wire import MODELLED, post, raw, send

if TYPE_CHECKING:
    from mock_s3vectors.messages import HttpRequest
    from mock_s3vectors.world import Stores

pytestmark = pytest.mark.usefixtures("no_coverage")

_NO_OPERATION = re.compile(r"is not an operation of Amazon S3 Vectors")


def answered(request: HttpRequest, stores: Stores | None = None) -> int:
    """The status of the answer, 0 for what is not an operation."""
    try:
        return send(request, service() if stores is None else stores).status
    except UsageError as misuse:
        if not _NO_OPERATION.search(str(misuse)):
            raise
        return 0


@pytest.mark.parametrize("operation", MODELLED)
def test_requests_that_nobody_spoiled_succeed(operation: str) -> None:
    requests = valid_requests(operation)
    assert requests, "an operation without a valid request is not fuzzed"
    assert [answered(request) for request in requests] == [200] * len(requests)


@pytest.mark.parametrize("operation", MODELLED)
@given(data=st.data())
def test_spoiled_requests(operation: str, data: st.DataObject) -> None:
    request = data.draw(spoiled_requests(operation))
    status = answered(request)
    event(f"status {status}")
    if request.path.startswith(("/tags/", f"/{operation}")):
        # 403: a spoiled signature may be that of another account, which may do nothing here.
        assert status in {0, 200, 400, 402, 403, 404, 409}


@given(data=st.data())
def test_spoiled_requests_for_the_next_page(data: st.DataObject) -> None:
    # A token is good on the service alone that handed it out, so the first page is asked for here.
    stores = service()
    document = data.draw(
        st.sampled_from([params for params in VALID["QueryVectors"] if params["topK"] > 100])
    )
    document = {**document, "filter": data.draw(spoiled(document.get("filter", {"year": {"$exists": True}})))}
    first = send(post("QueryVectors", as_json(document)), stores)
    token = json.loads(first.body).get("nextToken", "none")
    event("a next page" if token != "none" else "no next page")
    assert answered(post("QueryVectors", as_json({**document, "nextToken": token})), stores) in {200, 400}
    again = data.draw(spoiled({**document, "nextToken": token}))
    assert answered(post("QueryVectors", as_json(again)), stores) in {0, 200, 400, 404}


@needs(*QUERY_PAGES)
@pytest.mark.parametrize("depth", [1, 60, 100])
def test_deep_filters_have_a_next_page(depth: int) -> None:
    stores, document = service(), dict(VALID["QueryVectors"][0])
    document["filter"] = {"year": {"$ne": 0}}
    for _ in range(depth):
        document["filter"] = {"$and": [document["filter"]]}
    first = json.loads(send(post("QueryVectors", document), stores).body)
    second = send(post("QueryVectors", {**document, "nextToken": first["nextToken"]}), stores)
    assert (len(first["vectors"]), len(json.loads(second.body)["vectors"])) == (100, 50)


@given(operation=st.sampled_from(MODELLED), body=st.binary(max_size=200))
def test_any_bytes(operation: str, body: bytes) -> None:
    answered(post(operation, body))


@given(operation=st.sampled_from(MODELLED), document=st.deferred(values))
def test_any_document(operation: str, document: object) -> None:
    answered(post(operation, as_json(document)))
    for member in ("filter", "keys", "vectors", "queryVector"):
        answered(post(operation, as_json({**INDEX, "topK": 120, member: document})))


@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "PUT", ""]) | st.text(max_size=5),
    path=st.text(max_size=20) | st.text(max_size=20).map("/tags/{}".format),
    query=st.text(max_size=20) | st.text(max_size=20).map("tagKeys={}".format),
    host=st.text(max_size=10),
)
def test_any_path(method: str, path: str, query: str, host: str) -> None:
    answered(raw(method, path, query, b"{}", host))
