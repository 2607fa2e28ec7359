"""The tests; each folder says what it holds, CONTRIBUTING.md how to run them."""
