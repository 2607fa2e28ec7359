"""What the server answers to its page, without a browser. `tests/browser` has the page itself."""
