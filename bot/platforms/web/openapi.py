"""The description of the interface for programs (OpenAPI 3.1), made from the classes that check and write it."""

from __future__ import annotations

from typing import Any, cast

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from bot.platforms.jsonl import Told
from bot.platforms.open_data import LICENCE


class Fault(BaseModel):
    """What is wrong with one parameter."""

    parameter: str
    detail: str


class ProblemDetails(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str = Field(description="In the asker's language")
    errors: list[Fault] = []


_REF = "#/components/schemas/{model}"
_REFUSALS = {
    "404": "A model or place that is not known",
    "422": "A parameter that cannot be used, or a use that no method covers",
    "429": "Too many questions at once",
    "500": "A fault of ours, with its reference",
}


def described(
    origin: str, version: str, asking: type[BaseModel], estimating: type[BaseModel], estimated: type[BaseModel]
) -> dict[str, Any]:
    """The whole description. ``origin`` may be empty: the server is then the one that was asked."""
    written = [(model, "serialization") for model in (Told, estimated, ProblemDetails)]
    _, schemas = models_json_schema(cast("Any", written), ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Smallprint",
            "version": version,
            "summary": "What uses of AI cost in electricity, carbon and water, with ranges and sources",
            "description": "Read only. No key is needed; questions are paced by address. Figures are ranges over "
            "services and methods, not confidence intervals.",
            "license": {"name": LICENCE["name"], "url": LICENCE["url"]},
        },
        "servers": [{"url": origin or "/"}],
        "paths": {
            "/api/answer": _path(
                "answer", "Any question, as in the chat", asking, Told.__name__, ("422", "429", "500")
            ),
            "/api/estimate": _path(
                "estimate", "An estimate from typed parameters", estimating, estimated.__name__, tuple(_REFUSALS)
            ),
        },
        "components": {"schemas": schemas["$defs"]},
    }


def _path(name: str, summary: str, asked: type[BaseModel], answered: str, refusals: tuple[str, ...]) -> dict[str, Any]:
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": _parameters(asked),
            "responses": {
                "200": {
                    "description": "Found",
                    "content": {"application/json": {"schema": {"$ref": _REF.format(model=answered)}}},
                },
                **{status: _refusal(status) for status in refusals},
            },
        }
    }


def _parameters(asked: type[BaseModel]) -> list[dict[str, Any]]:
    schema = asked.model_json_schema()
    required: list[str] = schema.get("required", [])
    parameters: list[dict[str, Any]] = []
    for name, made in cast("dict[str, dict[str, Any]]", schema["properties"]).items():
        # A parameter is there or not; there is no way to write null in an address.
        choices: list[dict[str, Any]] = [c for c in made.pop("anyOf", ()) if c.get("type") != "null"]
        examples = cast("list[Any]", made.pop("examples", []))
        parameter: dict[str, Any] = {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": made.pop("description", name),
        }
        plain: dict[str, Any] = {**(choices[0] if choices else {}), **made}
        parameter["schema"] = {key: value for key, value in plain.items() if key != "title" and value is not None}
        if examples:
            parameter["examples"] = {str(n): {"value": value} for n, value in enumerate(examples, 1)}
        parameters.append(parameter)
    return parameters


def _refusal(status: str) -> dict[str, Any]:
    refusal: dict[str, Any] = {
        "description": _REFUSALS[status],
        "content": {"application/problem+json": {"schema": {"$ref": _REF.format(model=ProblemDetails.__name__)}}},
    }
    if status == "429":
        refusal["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}
    return refusal
