"""What can go wrong: the errors of the service with their texts, and those of the mock itself."""
