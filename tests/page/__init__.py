"""The answers of the server to its page, without a browser. `tests/browser` has the page itself."""
