"""Compares the routes of `cargo lambda watch` (Cargo.toml) with infra/openapi.yaml."""

import re
import sys
import tomllib
from pathlib import Path

import yaml


def main():
    repository = Path(__file__).parents[2]
    contract = yaml.safe_load((repository / "infra/openapi.yaml").read_text())
    manifest = tomllib.loads((repository / "Cargo.toml").read_text())
    served = manifest["workspace"]["metadata"]["lambda"]["watch"]["router"]
    described = {
        (re.sub(r"\{(\w+)\+\}", r"{*\1}", path), kebab_case(operation["x-function"]))
        for path, item in contract["paths"].items()
        for method, operation in item.items()
        if "x-function" in operation
    }
    differing = sorted(described ^ set(served.items()))
    sys.exit("\n".join(f"only in one of Cargo.toml and openapi.yaml: {path}, {name}" for path, name in differing) or 0)


def kebab_case(name):
    return re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower()


main()
