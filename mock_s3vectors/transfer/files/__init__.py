"""Data files: JSON Lines, NumPy's .npz, Parquet, and those of the Embedding Projector."""
