"""Writes a CycloneDX bill of materials (1.6, JSON) for each function and for the operators' tool, with every crate in the binary.

    pip install --requirement infra/sbom.txt
    python3 infra/sbom.py FOLDER

The crates, licences and dependencies come from `cargo tree` for x86_64 Linux, and the hashes from
Cargo.lock. The same sources always produce the same bytes: a bill contains no timestamp, and its serial number is
derived from its content.
"""

import json
import re
import subprocess
import sys
import tomllib
import uuid
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.validation.json import JsonStrictValidator
from cyclonedx.schema import SchemaVersion
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
TARGET = "x86_64-unknown-linux-gnu"
# A line of `cargo tree --prefix depth`: depth, name, version and licence. `(*)` marks a package that was already listed.
LINE = re.compile(r"(\d+)\|(\S+) v(\S+)[^|]*\|(.+?)(?: \(\*\))?$")


def main(folder):
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    checksums = {(p["name"], p["version"]): p["checksum"] for p in lock["package"] if "checksum" in p}
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    packages = sorted(path.parent.name for path in ROOT.glob("functions/*/Cargo.toml")) + ["operator"]
    for stale in folder.glob("*.cdx.json"):
        stale.unlink()
    for package in packages:
        text = written(bill_of(package, checksums))
        (folder / f"{package}.cdx.json").write_text(text)
    print(f"{len(packages)} bills of materials in {folder}")


def bill_of(package, checksums):
    components = {}
    children = {}
    path = []
    for line in tree(package):
        depth, name, version, licence = LINE.match(line).groups()
        key = (name, version)
        if key not in components:
            components[key] = component(name, version, licence.strip(), checksums.get(key))
            children[key] = set()
        path[int(depth) :] = [key]
        if len(path) > 1:
            children[path[-2]].add(key)
    root, *others = components
    components[root].type = ComponentType.APPLICATION
    bill = Bom(components=[components[key] for key in others])
    bill.metadata.component = components[root]
    for key, dependencies in children.items():
        bill.register_dependency(components[key], [components[other] for other in dependencies])
    return bill


def tree(package):
    options = ["--edges", "normal", "--target", TARGET, "--prefix", "depth", "--format", "|{p}|{l}", "--locked"]
    done = subprocess.run(["cargo", "tree", "--package", package, *options], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines()


def component(name, version, licence, checksum):
    # Old crates separate licences with a slash instead of the SPDX operator OR.
    expression = LicenseFactory().make_from_string(licence.replace("/", " OR ")) if licence else None
    url = PackageURL("cargo", name=name, version=version)
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=str(url),
        # The crates of the workspace are not published in a registry.
        purl=url if checksum else None,
        licenses=[expression] if expression else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=checksum)] if checksum else [],
    )


def written(bill):
    """Returns the bill as JSON that is valid under the schema of CycloneDX."""
    document = json.loads(JsonV1Dot6(bill).output_as_string())
    del document["metadata"]["timestamp"], document["serialNumber"]
    document["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document, sort_keys=True)).urn
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault:
        sys.exit(f"invalid bill of materials: {fault}")
    return text


if len(sys.argv) != 2:
    sys.exit("usage: sbom.py FOLDER")
main(sys.argv[1])
