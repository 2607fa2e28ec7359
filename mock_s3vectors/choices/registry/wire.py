"""Choices about requests and errors, names and addressing, and HTTP."""

from __future__ import annotations

from mock_s3vectors.choices.registry.entry import Choice

CHOICES = (
    # --- requests and errors
    Choice(
        "unreadable-body",
        "Requests and errors",
        "A body that is not JSON is a SerializationException.",
        "protocol/parser.py",
    ),
    Choice(
        "wrong-json-type",
        "Requests and errors",
        "A member of the wrong JSON type is a SerializationException. Where an integer is expected, a float "
        "or a number over 32 bits counts as the wrong type.",
        "protocol/parser.py",
    ),
    Choice(
        "union-members",
        "Requests and errors",
        "A union without exactly one member, unknown ones counted, is a SerializationException.",
        "protocol/parser.py",
    ),
    Choice(
        "serialization-message",
        "Requests and errors",
        "Every SerializationException has an empty message, which is known for lone surrogates only.",
        "errors/refusals.py",
    ),
    Choice(
        "null-members",
        "Requests and errors",
        'A member that is null counts as absent; so a record\'s `"metadata": null`, which boto3 sends for '
        "None, is `{}`.",
        "protocol/parser.py",
    ),
    Choice(
        "violation-order",
        "Requests and errors",
        "An error names the first of several broken constraints, in the order of the model: all of a "
        "member comes before the next member.",
        "protocol/validator.py",
    ),
    Choice(
        "violation-order-in-containers",
        "Requests and errors",
        "The length of a list or map comes before its members, and a key before its value, when an error "
        "names the first broken constraint.",
        "protocol/validator.py",
    ),
    Choice(
        "long-list-of-wrong-types",
        "Requests and errors",
        "A list that is too long is refused for its length, even if its members have the wrong JSON type.",
        "protocol/parser.py",
    ),
    Choice(
        "violation-field-list",
        "Requests and errors",
        "The `fieldList` of a broken constraint has one entry: the path of the member, such as `/dimension`, "
        'and the message from "Value" on.',
        "errors/constraints.py",
    ),
    Choice(
        "request-id-header",
        "Requests and errors",
        "The header `x-amzn-requestid` repeats the request id of `x-amz-request-id`.",
        "protocol/serializer.py",
    ),
    # --- names and addressing
    Choice(
        "arn-elsewhere",
        "Names and addressing",
        "An ARN is looked up in the Region and account that it names, whoever asks.",
        "operations/helpers/addressing.py",
    ),
    Choice(
        "names-always-checked",
        "Names and addressing",
        "The characters of a name are checked in every operation, not only when something is created.",
        "operations/helpers/addressing.py",
    ),
    Choice(
        "neither-name-nor-arn-text",
        "Names and addressing",
        "A request with neither name nor ARN of a bucket is refused with the text for a request with both.",
        "errors/refusals.py",
    ),
    Choice(
        "unknown-resource-text",
        "Names and addressing",
        "The text of the NotFoundException for an unknown ARN in an operation on tags is the mock's own.",
        "errors/refusals.py",
    ),
    Choice(
        "no-arn-in-tag-operations",
        "Names and addressing",
        "A text that is no ARN is a NotFoundException in operations on tags.",
        "operations/helpers/addressing.py",
    ),
    Choice(
        "no-arn-without-pattern",
        "Names and addressing",
        "A text that is no ARN is refused by the model's pattern in other operations; where an older "
        "botocore's model has no pattern, it is a NotFoundException there too.",
        "operations/helpers/addressing.py",
    ),
    Choice(
        "slash-in-arn",
        "Names and addressing",
        "The slashes of an ARN in the path of a request are written `%2F`; with plain slashes it is "
        "another path.",
        "protocol/router.py",
        unasked=(
            "A fact is asked in a test's own process too, where a path of no operation raises `UsageError`."
        ),
    ),
    # --- HTTP
    Choice(
        "unknown-operation-class",
        "HTTP",
        "An unknown operation is an UnknownOperationException with status 404 over HTTP, as in Smithy's "
        "own servers; in process it raises `UsageError`.",
        "errors/exceptions.py",
        unasked=(
            "A fact is asked in a test's own process too, where an unknown operation raises `UsageError`."
        ),
    ),
    Choice(
        "unknown-operation-text",
        "HTTP",
        "The text of an UnknownOperationException is the mock's own.",
        "errors/refusals.py",
        unasked=(
            "A fact is asked in a test's own process too, where an unknown operation raises `UsageError`."
        ),
    ),
    Choice(
        "internal-failure-text",
        "HTTP",
        "The text of an InternalServerException that a bug of the mock causes is the mock's own.",
        "errors/refusals.py",
        unasked="It is about a bug of the mock.",
    ),
    Choice(
        "server-texts",
        "HTTP",
        "The texts of the server's own refusals are the mock's own.",
        "errors/server_refusals.py",
        unasked="It is about the mock's own server.",
    ),
    Choice(
        "malformed-http",
        "HTTP",
        "Bytes that are not HTTP are a MalformedHttpRequestException (400).",
        "errors/server_refusals.py",
        unasked="No client of AWS sends bytes that are not HTTP.",
    ),
    Choice(
        "foreign-web-page",
        "HTTP",
        "A request from a foreign web page is an AccessDeniedException (403).",
        "errors/server_refusals.py",
        unasked="It is about the mock's own server.",
    ),
    Choice(
        "method-not-allowed",
        "HTTP",
        "Another method on a path of the server's own API is a MethodNotAllowedException (405).",
        "errors/server_refusals.py",
        unasked="It is about the mock's own server.",
    ),
    Choice(
        "bad-control-request",
        "HTTP",
        "A document on a path of the server's own API that it cannot use is a ValidationException (400).",
        "errors/server_refusals.py",
        unasked="It is about the mock's own server.",
    ),
    Choice(
        "half-request",
        "HTTP",
        "Half a request is a RequestTimeoutException (408).",
        "errors/server_refusals.py",
        unasked="No client of AWS sends half a request.",
    ),
    Choice(
        "foreign-host",
        "HTTP",
        "A request to a foreign host is a MisdirectedRequestException (421).",
        "errors/server_refusals.py",
        unasked="It is about the mock's own server.",
    ),
    Choice(
        "injected-texts",
        "Faults",
        "An error that a rule asks for without a text has the text that AWS gives, where that is known, and "
        "else a plain one, such as `Too many requests`.",
        "workbench/injected_texts.py",
        unasked="Only a rule of the mock brings about such an error.",
    ),
    Choice(
        "rates-on-aws",
        "Faults",
        "`limit_as_on_aws()` lets 1,000 requests that put or delete vectors, and 6,250 vectors, pass in any "
        "second and index: 2.5 times the documented 2,500, since AWS was seen to let 6,026 pass, not 18,078.",
        "workbench/workbench.py",
        unasked="A run that exceeds the rates of an account would disturb what else is going on there.",
    ),
    Choice(
        "unsigned-region",
        "HTTP",
        "A request without a signature acts in the Region of its host, else in us-east-1.",
        "identity.py",
        unasked="AWS does nothing for a request without a signature.",
    ),
    Choice(
        "presigned-parameters",
        "HTTP",
        "Parameters in the query of a presigned URL are not read, except those that belong there, such as "
        "`tagKeys`.",
        "protocol/parser.py",
    ),
)
