"""The server's own paths, by which tests in other languages, and the page, steer and observe the mock."""
