"""Merges net/api/openapi.yaml with the parts in net/api/openapi/ into the one document of the API.

Usage: merge_openapi.py ROOT.yaml PARTS_DIR OUT.yaml OUT.json
A part holds `paths` and `components`; a path, operation or component that stands twice is an error. What any operation
may answer (a malformed request, one without a token, too many of them) is added to each that does not say it itself, and
so is what a conditional request is answered."""

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
    unknown = set(part) - {"paths", "components", "tags"}
    if unknown:
        sys.exit(f"{name}: a part has paths, components and tags, not {sorted(unknown)}")
    for path, item in (part.get("paths") or {}).items():
        put_new(document["paths"].setdefault(path, {}), item, f"{name}: paths{path}")
    for kind, members in (part.get("components") or {}).items():
        put_new(document["components"].setdefault(kind, {}), members, f"{name}: components/{kind}")
    document["tags"].extend(part.get("tags") or [])


def complete(document):
    """What stands before every operation can answer to any."""
    for path, item in document["paths"].items():
        for method in {"get", "put", "post", "delete", "patch"} & set(item):
            responses = item[method]["responses"]
            of_all = {"400": "BadRequest", "413": "TooLarge", "503": "Unavailable", "default": "Other"}
            if item[method].get("security") != []:
                of_all |= {"401": "Unauthorized", "403": "Forbidden", "429": "TooManyRequests"}
            if "{" in path:
                of_all["404"] = "NotFound"
            of_all |= add_conditions(item[method], method)
            for status, name in of_all.items():
                responses.setdefault(status, {"$ref": f"#/components/responses/{name}"})


def add_conditions(operation, method):
    """Of a conditional request (server/http/etag.hpp); which answers that brings. A change says its If-Match itself."""
    done = operation["responses"].get("200", {})
    if method not in {"get", "patch"} or "application/json" not in done.get("content", {}):
        changes = {"$ref": "#/components/parameters/if_match"} in operation.get("parameters", [])
        return {"412": "PreconditionFailed", "428": "PreconditionRequired"} if changes else {}
    done.setdefault("headers", {})["ETag"] = {"$ref": "#/components/headers/ETag"}
    if method == "patch":
        return {"412": "PreconditionFailed", "428": "PreconditionRequired"}
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
