"""How the OpenAPI schema describes elements: generated from `element_bounds.json`, like their
checks.

Elements that are read may hold properties of newer editors; elements that programs write may not.
"""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

from sync.drawing.checks import NEVER_NULL
from sync.drawing.model import BOUNDS, GENERIC, KNOWN_KEYS, MAX_BOUND_ELEMENTS, TYPES

Schema = dict[str, Any]

_NAMES: Final = {
    "startBinding": "Binding",
    "endBinding": "Binding",
    "roundness": "Roundness",
    "crop": "Crop",
    "customData": "CustomData",
    "fixedSegments": "Segment",
}
"""Names of the objects in an element, so that generated clients have classes for them."""
_WORDS: Final = ("type", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
_OF_EDITORS: Final[dict[str, Schema]] = {
    "id": BOUNDS["id"],
    "isDeleted": {"type": "boolean"},
    "version": {"type": "number"},
    "versionNonce": {"type": "number"},
    "updated": {"type": "number"},
}
_TYPE: Final[Schema] = {"type": "string", "enum": sorted(TYPES)}


def components() -> dict[str, Schema]:
    """Name → schema of every component that elements are made of."""
    found: dict[str, Schema] = {
        "ElementType": _TYPE,
        "BoundElement": {
            "type": "object",
            "properties": {"id": BOUNDS["id"], "type": {"type": "string"}},
            "required": ["id", "type"],
        },
    }
    properties = {
        **{key: _or_null(key, schema) for key, schema in _OF_EDITORS.items()},
        "boundElements": {
            "type": "array",
            "items": _reference("BoundElement"),
            "maxItems": MAX_BOUND_ELEMENTS,
            "nullable": True,
        },
        **{
            key: _or_null(key, _schema_of(schema, _NAMES.get(key), found))
            for key, schema in BOUNDS["properties"].items()
        },
    }
    # Properties of newer or older editors are accepted with any value.
    others: dict[str, Schema] = {key: {} for key in sorted(KNOWN_KEYS - properties.keys())}
    written = {**properties, "type": _reference("ElementType"), **others}
    found["Binding"]["required"] = ["elementId"]
    return {
        **found,
        "Element": {
            "type": "object",
            "description": "An element as Excalidraw has it. Newer editors may add properties.",
            "properties": properties,
            "required": ["id", "type", "x", "y"],
            "additionalProperties": {},
        },
        "NewElement": _written(
            "An element to make; what is left out gets a default, the id too.", written, "type"
        ),
        "ChangedElement": _written("The id of an element, and what changes in it.", written, "id"),
    }


def _written(description: str, properties: dict[str, Schema], required: str) -> Schema:
    """An element in a request, where a word that nobody knows is a mistake."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [required],
        "additionalProperties": False,
    }


def _or_null(key: str, schema: Schema) -> Schema:
    if key in NEVER_NULL:
        return schema
    return (
        {"allOf": [schema], "nullable": True} if "$ref" in schema else schema | {"nullable": True}
    )


def _schema_of(source: str | Schema, name: str | None, found: dict[str, Schema]) -> Schema:
    """One of our bounds as an OpenAPI schema; an object becomes a component called `name`."""
    schema: Schema = BOUNDS["kinds"][source] if isinstance(source, str) else source
    made = {word: schema[word] for word in _WORDS if word in schema}
    if schema["type"] == "string":
        made.setdefault("maxLength", GENERIC["text"])
        if "pattern" in schema:
            made["pattern"] = schema["pattern"]
    elif schema["type"] == "array":
        made["items"] = _schema_of(schema["items"], name, found)
    elif schema["type"] == "object" and name is not None:
        inner = schema.get("properties", {})
        made["properties"] = {
            key: _schema_of(one, None, found) | {"nullable": True} for key, one in inner.items()
        }
        made["additionalProperties"] = {}
        found[name] = made
        return _reference(name)
    return made


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


class ElementsInSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Describes the fields of the document's serializers that hold elements."""

    target_class = "sync.api.serializers.ElementField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> Schema:
        """A reference to the component that the field names."""
        for name, schema in components().items():
            component = ResolvedComponent(  # type: ignore[no-untyped-call]
                name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name
            )
            auto_schema.registry.register_on_missing(component)
        return _reference(self.target.component)
