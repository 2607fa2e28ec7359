"""The doors: each turns a client's request into an HttpRequest and the answer back.

| door | comes in through |
|---|---|
| `botocore` | the event `before-send` of boto3, botocore, aioboto3 and aiobotocore clients |
| `requests` | `requests.Session.get_adapter` |
| `asgi` | HTTP, from any client, to the server that `uvicorn` runs |

What they need of a library waits until somebody else imports it. `ways_out` closes all other ways.
"""

from mock_s3vectors.doors.clients import add_handlers, pass_by
from mock_s3vectors.doors.fences import refuse_calls, refuse_clients, refuse_urls
from mock_s3vectors.doors.loading import whenever_loaded
from mock_s3vectors.doors.patches import Patch
from mock_s3vectors.doors.sessions import answer_for_endpoints, prepare_within_one_mock
from mock_s3vectors.mocking.stack import STACK


def install() -> None:
    """Have botocore ask the mocks from now on, and close all ways round them while one is on."""
    patches = [
        Patch("botocore.endpoint", "Endpoint", "make_request", refuse_calls),
        Patch("botocore.endpoint", "Endpoint", "_send", refuse_clients),
        Patch("botocore.httpsession", "URLLib3Session", "send", refuse_urls),
        Patch("aiobotocore.endpoint", "AioEndpoint", "_send", refuse_clients),
        Patch("moto.core.botocore_stubber", "BotocoreStubber", "process_request", pass_by),
        Patch("requests.sessions", "Session", "prepare_request", prepare_within_one_mock),
        Patch("requests.sessions", "Session", "get_adapter", answer_for_endpoints),
        Patch("requests.adapters", "HTTPAdapter", "get_connection_with_tls_context", refuse_urls),
        Patch("requests.adapters", "HTTPAdapter", "get_connection", refuse_urls),  # before 2.32
    ]
    STACK.while_on(*patches)
    whenever_loaded(("botocore.handlers", add_handlers), *((patch.module, patch.renew) for patch in patches))
