"""The doors: each turns a client's request into an HttpRequest, and the answer into one for that client.

| the caller | comes in through | see |
|---|---|---|
| a client of boto3, botocore, aioboto3 or aiobotocore | the event `before-send` | `clients` |
| `requests`, with a call signed by hand or presigned | `Session.get_adapter` | `sessions`, `adapter` |
| any other program, in any language | HTTP, to a local server | the package `serving` |

`fences` refuses every other way to S3 Vectors, which `hosts` knows by its host names. Calls to a local server
pass, but `local_endpoints` may warn of them. Importing the package loads none of these libraries: `loading`
waits until somebody else does, and `patches` replaces their methods only while a mock is on.

Both doors of this process wait before they give a late answer, and lose an answer if a rule says so:
`delivery` and `disconnects`. `retries` skips the pauses of clients that try again. `fast_client` has clients
write requests and read responses faster, with `plain_requests` and `quick_answers`.
"""

from mock_s3vectors.doors.clients import add_handlers, retries_at_once, skip_answered
from mock_s3vectors.doors.fast_client import read_fast, write_fast
from mock_s3vectors.doors.fences import refuse_calls, refuse_sending, refuse_urls
from mock_s3vectors.doors.patches import Patch
from mock_s3vectors.doors.retries import skip_pauses
from mock_s3vectors.doors.sessions import answer_endpoints, mark_requests
from mock_s3vectors.loading import act_when_loaded
from mock_s3vectors.mocking.stack import STACK

# The methods that are replaced while a mock is on.
_DOORS = (
    Patch("requests.sessions", "Session", "prepare_request", mark_requests),
    Patch("requests.sessions", "Session", "get_adapter", answer_endpoints),
    Patch("moto.core.botocore_stubber", "BotocoreStubber", "process_request", skip_answered),
)
_RETRIES = (
    Patch("botocore.endpoint", "Endpoint", "_needs_retry", skip_pauses(retries_at_once)),
    Patch("aiobotocore.endpoint", "AioEndpoint", "_needs_retry", skip_pauses(retries_at_once)),
)
_FAST_CLIENT = (
    Patch("botocore.validate", "ParamValidationDecorator", "serialize_to_request", write_fast),
    # For clients that do not validate parameters.
    Patch("botocore.serialize", "BaseRestSerializer", "serialize_to_request", write_fast),
    Patch("botocore.endpoint", "Endpoint", "_do_get_response", read_fast),
    Patch("aiobotocore.endpoint", "AioEndpoint", "_do_get_response", read_fast),
)
_FENCES = (
    Patch("botocore.endpoint", "Endpoint", "make_request", refuse_calls),
    Patch("botocore.endpoint", "Endpoint", "_send", refuse_sending),
    Patch("aiobotocore.endpoint", "AioEndpoint", "_send", refuse_sending),
    Patch("botocore.httpsession", "URLLib3Session", "send", refuse_urls),
    Patch("requests.adapters", "HTTPAdapter", "get_connection_with_tls_context", refuse_urls),
    Patch("requests.adapters", "HTTPAdapter", "get_connection", refuse_urls),  # before 2.32
)
_PATCHES = (*_DOORS, *_RETRIES, *_FAST_CLIENT, *_FENCES)


def open_doors() -> None:
    """Have the clients of botocore ask the mock from now on; this may be repeated.

    Importing the package does not do it: it waits for modules that other threads load, and these may wait
    for this package.
    """
    act_when_loaded(("botocore.handlers", add_handlers), *((patch.module, patch.renew) for patch in _PATCHES))


# While a mock is on, the other doors are open and the fences are closed.
STACK.while_on(*_PATCHES)
