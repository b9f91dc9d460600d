"""`python -m bot.engine.train`: the same model as `rasa train`, without Rasa's training cache.

Rasa fingerprints every token of every phrasing to be able to skip unchanged components. Our components train in seconds;
the fingerprints would take most of the time.
"""

from __future__ import annotations

import argparse
import copy
import logging
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.catalogue.problem import ContentError
from bot.engine import lean_import
from bot.log import configure_logging
from bot.settings import Settings

logger = logging.getLogger(__name__)

DATA = ("data/nlu", "data/stories")

NOT_FOR_US = (
    "Your training data contains an example",  # its answer is not in the training data: it comes from the catalogue
    "Slot auto-fill has been removed",  # nor do we use it
)
"""Beginnings of warnings that Rasa gives for each of tens of thousands of phrasings, or at each start."""


def train(
    output: Path,
    config: Path = Path("config.yml"),
    domain: Path = Path("domain.yml"),
    progress: Callable[[float], None] | None = None,
) -> Path:
    """Train and package a model.

    Args:
        output: folder for the model.
        config: Rasa's configuration.
        domain: Rasa's domain.
        progress: called with the share of steps done, 0-1, after each.

    Returns:
        The model file in the folder `output`. It appears there whole or not at all.

    Raises:
        ContentError: when a content file is broken.
    """
    from rasa.engine.constants import PLACEHOLDER_IMPORTER
    from rasa.engine.graph import ExecutionContext
    from rasa.engine.recipes.recipe import Recipe
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.training.hooks import LoggingHook
    from rasa.engine.validation import validate
    from rasa.shared.data import TrainingType
    from rasa.shared.importers.importer import ResponsesSyncImporter

    from bot.nlu.importer import CatalogueImporter

    for beginning in NOT_FOR_US:
        warnings.filterwarnings("ignore", beginning)
    written = CatalogueImporter(str(config), str(domain), list(DATA))
    importer = ResponsesSyncImporter(written)
    # Rasa wraps importers in importers, and each copies every phrasing; ours already gives all there is.
    importer.get_nlu_data = written.get_nlu_data
    settings = importer.get_config()
    model = Recipe.recipe_for_name(settings.get("recipe")).graph_config_for_recipe(
        settings, {}, training_type=TrainingType.BOTH
    )
    validate(model)
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output) as work:
        parts = Path(work) / "parts"
        parts.mkdir()
        storage = LocalModelStorage.create(parts)
        runner = DaskGraphRunner.create(
            graph_schema=model.train_schema,
            model_storage=storage,
            execution_context=ExecutionContext(graph_schema=model.train_schema),
            hooks=[
                LoggingHook(pruned_schema=model.train_schema),
                *_progress_hooks(len(model.train_schema.nodes), progress),
            ],
        )
        runner.run(inputs={PLACEHOLDER_IMPORTER: importer})
        made = Path(work) / time.strftime("%Y%m%d-%H%M%S.tar.gz")
        storage.create_model_package(made, model, copy.deepcopy(importer.get_domain()))
        return made.rename(output / made.name)


def _progress_hooks(steps: int, progress: Callable[[float], None] | None) -> list[Any]:
    from rasa.engine.graph import GraphNodeHook

    if progress is None:
        return []
    tell = progress

    class Counting(GraphNodeHook):
        done = 0

        def on_before_node(self, *_arguments: Any, **_named: Any) -> dict[str, Any]:
            return {}

        def on_after_node(self, *_arguments: Any, **_named: Any) -> None:
            self.done += 1
            tell(self.done / steps)

    return [Counting()]


def main() -> int:
    """Train from the checkout's own files; exit code 1 with every problem printed when content is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("models"), help="folder for the model")
    parser.add_argument("--config", type=Path, default=Path("config.yml"))
    arguments = parser.parse_args()
    configure_logging(Settings().log_level)
    lean_import.install()
    begun = time.monotonic()
    try:
        model = train(arguments.output, arguments.config)
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{model} ({time.monotonic() - begun:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
