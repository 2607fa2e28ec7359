"""State files: saving, loading, and the files that are refused."""
