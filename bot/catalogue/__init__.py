"""The catalogue: everything a citizen can be helped with, read from `data/services` and `data/kommune`."""
