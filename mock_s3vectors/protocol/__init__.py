"""The wire: botocore's model of the service in, checked parameters and response bytes out."""
