"""The page for people: `files` is what a browser gets, and the modules here are what its views ask for."""
