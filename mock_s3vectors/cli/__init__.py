"""The commands of the program `mock-s3vectors`."""
