"""`python -m bot.server`: serve the chat."""

from pkgutil import resolve_name

from bot.log import configure_logging
from bot.server.app import create_app
from bot.settings import Settings


def main() -> None:
    """Read the settings, make the engine they name, serve until told to stop."""
    settings = Settings()
    configure_logging(settings.log_level)
    app = create_app(settings, resolve_name(settings.engine)(settings))

    @app.after_server_start
    async def show_address(app, loop) -> None:  # type: ignore[no-untyped-def]
        print(f"http://{settings.host}:{settings.port}", flush=True)

    app.run(settings.host, settings.port, access_log=False, motd=False)


if __name__ == "__main__":
    main()
