"""TagResource, UntagResource, ListTagsForResource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors import limits
from mock_s3vectors.errors import refusals
from mock_s3vectors.operations.helpers.addressing import addressed_resource

if TYPE_CHECKING:
    from mock_s3vectors.exchange import Exchange, Params, Result

_SYSTEM = "aws:"


def check_tags(tags: dict[str, str]) -> dict[str, str]:
    """Return the tags, if a resource may have them.

    Raises:
        ValidationException: too many of them, or a key that is reserved for AWS.
    """
    for key in tags:
        if key.startswith(_SYSTEM):
            raise refusals.system_tag()
        if key.lower().startswith(_SYSTEM):
            raise refusals.system_tag_case(key)
    if len(tags) > limits.TAGS:
        raise refusals.too_many_tags()
    return tags


def tag_resource(exchange: Exchange, params: Params) -> Result:
    """Add tags to a resource; overwrite tags with the same keys."""
    place = addressed_resource(exchange, params)
    with place.lock:
        resource = place.resource()
        resource.set_tags(check_tags({**resource.tags, **params["tags"]}))
    return {}


def untag_resource(exchange: Exchange, params: Params) -> Result:
    """Remove tags from a resource, if they are there. Choice: untag-missing."""
    removed = set(params["tagKeys"])
    place = addressed_resource(exchange, params)
    with place.lock:
        resource = place.resource()
        resource.set_tags({key: value for key, value in resource.tags.items() if key not in removed})
    return {}


def list_tags_for_resource(exchange: Exchange, params: Params) -> Result:
    """Return all tags of a resource."""
    return {"tags": addressed_resource(exchange, params).resource().tags}
