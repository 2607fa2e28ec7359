"""Tests of the HTTP server: what is on the wire, its connections, its control API, its program."""
