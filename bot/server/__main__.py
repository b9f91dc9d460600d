"""`python -m bot.server`: serve the chat."""

from pkgutil import resolve_name

from bot.log import configure_logging
from bot.server.app import create_app
from bot.settings import Settings

_STOPPED_EARLY = "Event loop stopped before Future completed"
"""uvloop's words when we are told to stop while Sanic still starts: nothing went wrong."""


def main() -> None:
    """Read the settings, make the engine they name, serve until told to stop."""
    settings = Settings()
    configure_logging(settings.log_level)
    app = create_app(settings, resolve_name(settings.engine)(settings))

    @app.after_server_start
    async def show_address(app, loop) -> None:  # type: ignore[no-untyped-def]
        print(f"http://{settings.host}:{settings.port}", flush=True)

    try:
        app.run(settings.host, settings.port, access_log=False, motd=False)
    except RuntimeError as error:
        if _STOPPED_EARLY not in str(error):
            raise


if __name__ == "__main__":
    main()
