"""All of a publication's files at once, or none: what is to be done is written down first, and finished later if it was cut off."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.studio.atomic_files import remove_file, write_file

_WAIT_SECONDS = 20.0


class FilesBusy(Exception):
    """Another worker is changing the files."""


@dataclass(frozen=True)
class Entry:
    """One act on the live files.

    `act`: the state the publication gets by it: live, rolled_back, or failed when going live is undone.
    `files`: live file → the file with its new content; None to remove it.
    `model`: file to be served; `model_from`: where it is taken from, when it is not in the models' folder yet.
    """

    publication: str
    act: str
    files: dict[str, str | None]
    model: str
    model_from: str | None = None


class Journal:
    """At most one entry; it is there from before the first file is touched until everything is done.

    Args:
        folder: `var/publications`.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "journal.json"
        self._lock = folder / "lock"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process changes the files meanwhile. The system lets go when a process dies. Raises FilesBusy."""
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as file:
            until = time.monotonic() + _WAIT_SECONDS
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise FilesBusy from None
                    time.sleep(0.1)
            yield

    def begin(self, entry: Entry) -> None:
        """From here on the act will be done, whatever happens."""
        write_file(self._path, json.dumps(asdict(entry), ensure_ascii=False, indent=1).encode())

    def pending(self) -> Entry | None:
        """The entry that was begun and not ended."""
        if not self._path.exists():
            return None
        return Entry(**json.loads(self._path.read_bytes()))

    def end(self) -> None:
        """All is done."""
        remove_file(self._path)


def apply(entry: Entry) -> None:
    """Carry out the act; doing it again changes nothing."""
    for target, source in entry.files.items():
        if source is None:
            remove_file(Path(target))
        else:
            write_file(Path(target), Path(source).read_bytes())
    model = Path(entry.model)
    if entry.model_from and not model.exists():
        part = model.with_name(f".{model.name}.part")
        part.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(entry.model_from, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(model)
    os.utime(model)  # the newest file is the one that is served
