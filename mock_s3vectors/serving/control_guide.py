"""The guide to the server's own paths that GET /_mock_s3vectors gives people who test in other languages."""

from __future__ import annotations

_CALLS = (
    '{"operation": "PutVectors", several in a list, or "*"; "region": "us-east-1"; '
    '"account": "111122223333"; "members": {"indexName": "plots"}}, each of them optional. The members are '
    "parameters by AWS's names, which must be equal; null means absent. vectorBucketName and indexName also "
    "match what an ARN names"
)

# By method and path.
DOES = {
    ("GET", ""): "lists these paths",
    ("GET", "/health"): "says that the server answers, and its version",
    ("GET", "/calls"): (
        "lists the calls that are kept, every attempt, the oldest first, and how many before them are not"
    ),
    ("POST", "/calls/find"): f"lists the calls that the document describes: {_CALLS}",
    ("DELETE", "/calls"): "forgets the calls",
    ("GET", "/rules"): (
        "lists the rules, the newest first, each with its id and its hits, the number of calls on which it "
        "has acted. The first rule that is about a call decides; after a delay, and within a limit, those "
        "after it look at the call too"
    ),
    ("POST", "/rules"): (
        f"adds a rule, and answers with it and its id. The document says which calls it is about: {_CALLS}. "
        "It has one of these verbs: "
        '"fail": "TooManyRequestsException", 503, or {"code": ..., "message": ...}; '
        '"delay": 0.2 or [0.1, 0.5], in seconds; '
        '"limit": {"requests": 5, "vectors": 2500, "per": 1.0}, the most requests and vectors that each '
        "index takes in so many seconds; "
        '"disconnect": "reset", "timeout", "empty", "truncated", "malformed", or '
        '{"kind": ..., "applied": true}, if the call is carried out all the same; '
        '"answer": {...}, the output of the operation. It may have '
        '"times": how often it acts at most; "after": how many calls it lets pass first; '
        '"probability": the chance that it acts on each later call, above 0, up to 1; '
        '"seed": an integer that makes the random numbers the same each time; '
        '"optional": false, if a Python test that has this server must fail when the rule never acts'
    ),
    ("DELETE", "/rules"): "removes all rules",
    ("DELETE", "/rules/{id}"): "removes the rule with this id",
    ("GET", "/clock"): "tells the time, in seconds since the epoch, and whether it is frozen",
    ("POST", "/clock"): (
        'does what the document says, in this order, and tells the time: {"follow": true, for the clock of '
        'the process again; "freeze": true; "move_to": "2027-01-31T12:00:00Z" or seconds since the epoch; '
        '"shift": seconds}, each of them optional'
    ),
    ("GET", "/state"): (
        "answers with a file that holds all vector buckets with everything in them, identities and keys, as "
        "mock.save() in Python writes it"
    ),
    ("PUT", "/state"): (
        "drops all vector buckets, identities and keys, and holds those of such a file, which is the body"
    ),
    ("POST", "/reset"): (
        "drops all vector buckets and all rules, forgets the calls, and has the clock follow the process"
    ),
}
