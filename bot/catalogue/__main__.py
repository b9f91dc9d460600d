"""Check content files: `python -m bot.catalogue [file …]`; no file means all."""

import sys
from pathlib import Path

from bot.catalogue.load import load_services
from bot.catalogue.problem import ContentError


def main(arguments: list[str]) -> int:
    """Print every problem; exit code 1 if there is one."""
    files = [Path(name) for name in arguments]
    try:
        services = load_services(Path("data/services"), files or None)
    except ContentError as error:
        print(error)
        print(f"{len(error.problems)} fejl.")
        return 1
    print(f"{len(services)} ydelser er i orden.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
