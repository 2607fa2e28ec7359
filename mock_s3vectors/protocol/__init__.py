"""The wire protocol, by botocore's model: requests to checked parameters, results to response bytes."""
