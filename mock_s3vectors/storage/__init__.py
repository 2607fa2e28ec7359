"""State in a SQLite file: saved, loaded, and followed change by change by a durable server."""
