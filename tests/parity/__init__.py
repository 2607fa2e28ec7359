"""Facts of the service, asked of the mock, of AWS (`--aws`), or of another server (`--endpoint-url`)."""
