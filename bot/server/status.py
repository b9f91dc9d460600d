"""For machines and developers: is it alive, is it ready, what does the API look like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from ruamel.yaml import YAML
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, html

from bot.engine.contract import Engine
from bot.server.chat_http import answer_json
from bot.storage.database import Database

_HERE = Path(__file__).parent


def load_openapi() -> dict[str, Any]:
    """The description of the HTTP API (OpenAPI 3.1)."""
    content: dict[str, Any] = YAML(typ="safe").load((_HERE / "openapi.yml").read_text(encoding="utf-8"))
    return content


def status(engine: Engine, database: Database) -> Blueprint:
    """`/health`, `/ready`, `/openapi.json` and `/docs`."""
    routes = Blueprint("status")
    openapi = load_openapi()
    templates = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=select_autoescape())
    docs_page = templates.get_template("docs.html").render(api=openapi)

    @routes.route("/health", methods=("GET", "HEAD"))
    async def health(request: Request) -> HTTPResponse:
        return answer_json({"alive": True})

    @routes.route("/ready", methods=("GET", "HEAD"))
    async def ready(request: Request) -> HTTPResponse:
        state = {"model": engine.ready, "database": await database.answers()}
        return answer_json({"ready": all(state.values())} | state, status=200 if all(state.values()) else 503)

    @routes.get("/openapi.json")
    async def openapi_json(request: Request) -> HTTPResponse:
        return answer_json(openapi)

    @routes.get("/docs")
    async def docs(request: Request) -> HTTPResponse:
        return html(docs_page)

    return routes
