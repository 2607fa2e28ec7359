"""TagResource, UntagResource, ListTagsForResource."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mock_s3vectors import errors, limits
from mock_s3vectors.arns import parse_arn
from mock_s3vectors.operations.addressing import lookup_index, lookup_vector_bucket, store_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.operations.call import Call, Params, Result
    from mock_s3vectors.state import Index, VectorBucket

_SYSTEM = "aws:"


def check_tags(tags: dict[str, str]) -> dict[str, str]:
    """The tags themselves, if a resource may have them.

    Raises:
        ValidationException: too many of them, or a key that is reserved for AWS.
    """
    for key in tags:
        if key.startswith(_SYSTEM):
            raise errors.system_tag()
        if key.lower().startswith(_SYSTEM):
            raise errors.system_tag_case(key)
    if len(tags) > limits.TAGS:
        raise errors.too_many_tags()
    return tags


def tag_resource(call: Call, params: Params) -> Result:
    """Adds tags to a resource and overwrites those of the same keys."""
    with _resource(call, params) as resource:
        resource.tags = check_tags({**resource.tags, **params["tags"]})
    return {}


def untag_resource(call: Call, params: Params) -> Result:
    """Removes tags from a resource. Choice: absent keys are none of our business."""
    removed = set(params["tagKeys"])
    with _resource(call, params) as resource:
        resource.tags = {key: value for key, value in resource.tags.items() if key not in removed}
    return {}


def list_tags_for_resource(call: Call, params: Params) -> Result:
    """Returns all tags of a resource."""
    with _resource(call, params) as resource:
        return {"tags": resource.tags}


@contextmanager
def _resource(call: Call, params: Params) -> Iterator[VectorBucket | Index]:
    """The bucket or index of an ARN, its store locked.

    Raises:
        NotFoundException: there is no such bucket or index. Choice: also if the text is no ARN.
    """
    arn = parse_arn(params["resourceArn"])
    if arn is None:
        raise errors.resource_not_found()
    with store_of(call, arn).lock:
        find = lookup_vector_bucket if arn.index is None else lookup_index
        resource = find(call, arn)
        if resource is None:
            raise errors.resource_not_found()
        yield resource
