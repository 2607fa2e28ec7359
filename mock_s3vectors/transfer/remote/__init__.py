"""Indexes behind a client: on a server or on AWS, called side by side and at the pace that it allows."""
