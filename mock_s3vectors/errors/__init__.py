"""The errors of the service with their texts, and those of the mock itself."""
