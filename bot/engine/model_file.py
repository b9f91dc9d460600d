"""Which trained model is served."""

from __future__ import annotations

from pathlib import Path


def newest_model(folder: Path) -> Path:
    """The newest `*.tar.gz`. Raises FileNotFoundError with the remedy when there is none."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise FileNotFoundError(f"No trained model in {folder}/. Run `make train`.")
    return models[-1]
