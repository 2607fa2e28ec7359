"""The files of `examples/docker`: linted, held against schemas, and run as far as possible without Docker.

The steps of the Dockerfile run in a scratch folder, its server and its health check are processes, and
testcontainers talks to a stand-in for Docker's daemon. No test builds an image, or starts a container.
"""
