"""Merges net/api/openapi.yaml with the parts in net/api/openapi/ into the one document of the API.

Usage: merge_openapi.py ROOT.yaml PARTS_DIR OUT.yaml OUT.json
A part holds `paths`, `webhooks` and `components`; a path, operation or component that stands twice is an error. What any operation
may answer (a malformed request, one without a token, too many of them) is added to each that does not say it itself, and
so is what a conditional request is answered, one with an Idempotency-Key, and a write that answers a resource."""

import json
import pathlib
import sys

import yaml


class Plain(yaml.SafeLoader):
    """YAML as JSON has it: times and dates stay the text they are."""


Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def put_new(into, added, where):
    for key, value in added.items():
        if key in into:
            sys.exit(f"{where}/{key} is described twice")
        into[key] = value


def merge(document, part, name):
    unknown = set(part) - {"paths", "webhooks", "components", "tags"}
    if unknown:
        sys.exit(f"{name}: a part has paths, webhooks, components and tags, not {sorted(unknown)}")
    for path, item in (part.get("paths") or {}).items():
        put_new(document["paths"].setdefault(path, {}), item, f"{name}: paths{path}")
    put_new(document.setdefault("webhooks", {}), part.get("webhooks") or {}, f"{name}: webhooks")
    for kind, members in (part.get("components") or {}).items():
        put_new(document["components"].setdefault(kind, {}), members, f"{name}: components/{kind}")
    document["tags"].extend(part.get("tags") or [])


def complete(document):
    """What stands before every operation can answer to any."""
    read = {schema_of(item["get"]["responses"].get("200", {})) for item in document["paths"].values() if "get" in item}
    for item in document["paths"].values():
        for method in {"put", "post", "patch"} & set(item):
            add_place(item[method], read - {None, *RECEIPTS})
    for path, item in document["paths"].items():
        for method in {"get", "put", "post", "delete", "patch"} & set(item):
            responses = item[method]["responses"]
            of_all = {"400": "BadRequest", "413": "TooLarge", "503": "Unavailable", "default": "Other"}
            if item[method].get("security") != []:
                of_all |= {"401": "Unauthorized", "403": "Forbidden", "429": "TooManyRequests"}
            if "{" in path:
                of_all["404"] = "NotFound"
            of_all |= add_conditions(item[method], method)
            add_key(item[method])
            for status, name in of_all.items():
                responses.setdefault(status, {"$ref": f"#/components/responses/{name}"})


# What is answered to a write alone, though a GET answers the same members.
RECEIPTS = {"#/components/schemas/TraceOffset"}


def schema_of(response):
    """Which resource an answer is: a reference, also where a write adds what arrived."""
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    for parts in ("anyOf", "allOf"):
        schema = schema.get(parts, [schema])[0]
    return schema.get("$ref")


def add_place(operation, read):
    """A write that answers what a GET answers says where, and its ETag (server/http/etag.hpp)."""
    for status in {"200", "201"} & set(operation["responses"]):
        response = operation["responses"][status]
        if schema_of(response) in read:
            names = {"ETag": "ETag", "Content-Location": "ContentLocation"} | ({"Location": "Location"} if status == "201" else {})
            response.setdefault("headers", {}).update(
                {name: {"$ref": f"#/components/headers/{header}"} for name, header in names.items()})


def add_key(operation):
    if {"$ref": "#/components/parameters/idempotency_key"} in operation.get("parameters", []):
        operation["responses"].setdefault("409", {"$ref": "#/components/responses/Conflict"})
        operation["responses"]["422"] = {"$ref": "#/components/responses/InvalidOrKeyReused"}


def add_conditions(operation, method):
    """Of a conditional request (server/http/etag.hpp); which answers that brings. A change says its If-Match itself."""
    if any({"$ref": f"#/components/parameters/{name}"} in operation.get("parameters", []) for name in ("if_match", "if_match_or_begin")):
        return {"412": "PreconditionFailed", "428": "PreconditionRequired"}
    done = operation["responses"].get("200", {})
    if method != "get" or "application/json" not in done.get("content", {}):
        return {}
    done.setdefault("headers", {})["ETag"] = {"$ref": "#/components/headers/ETag"}
    operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/if_none_match"})
    return {"304": "NotModified"}


def main():
    root, parts, out_yaml, out_json = map(pathlib.Path, sys.argv[1:])
    document = yaml.load(root.read_text(encoding="utf-8"), Plain)
    for part in sorted(parts.glob("*.yaml")):
        merge(document, yaml.load(part.read_text(encoding="utf-8"), Plain) or {}, part.name)
    complete(document)
    out_yaml.parent.mkdir(parents=True, exist_ok=True)
    out_yaml.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120),
                        encoding="utf-8")
    out_json.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
