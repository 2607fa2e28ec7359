"""The doors: each turns a client's request into an HttpRequest and the answer back.

| door | comes in through |
|---|---|
| `botocore` | the event `before-send` of boto3, botocore, aioboto3 and aiobotocore clients |
| `requests` | `requests.Session.get_adapter` |
| `asgi` | HTTP, from any client, to the server that `uvicorn` runs |

What they need of a library waits until somebody else imports it.
"""

from mock_s3vectors._active import ACTIVE
from mock_s3vectors.transports.botocore import add_handlers, refuse_to_send
from mock_s3vectors.transports.loading import WhenLoaded
from mock_s3vectors.transports.patches import Patch
from mock_s3vectors.transports.requests import answer_for_endpoints


def install() -> None:
    """Have botocore ask the mocks from now on, and close all ways round them while one is on."""
    WhenLoaded("botocore.handlers", add_handlers)
    ACTIVE.while_on(
        Patch("botocore.endpoint", "Endpoint", "_send", refuse_to_send),
        Patch("aiobotocore.endpoint", "AioEndpoint", "_send", refuse_to_send),
        Patch("requests.sessions", "Session", "get_adapter", answer_for_endpoints),
    )
