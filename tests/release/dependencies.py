"""Reads the list of dependencies from each function's binary and compares it with Cargo.lock.

The list is zlib-compressed JSON in the ELF section .dep-v0, which cargo-auditable writes and which `cargo audit bin`
and other scanners read. The first argument is the folder that contains a subfolder for each binary. The other arguments
are the source folders of the functions.
"""

import json
import subprocess
import sys
import tomllib
import zlib
from pathlib import Path


def main(binaries, *functions):
    lock = tomllib.loads(Path("Cargo.lock").read_text())
    locked = {(package["name"], package["version"]) for package in lock["package"]}
    for function in (Path(folder).name for folder in functions):
        packages = embedded(Path(binaries) / function / "bootstrap")
        listed = {(package["name"], package["version"]) for package in packages}
        assert listed <= locked, f"{function} lists what Cargo.lock does not: {sorted(listed - locked)}"
        [root] = [package["name"] for package in packages if package.get("root")]
        assert root == function, f"{function} has the list of {root}"
        assert {"shared", "aws-sdk-dynamodb", "ring"} <= {name for name, _ in listed}, f"{function} lacks a dependency"
        print(f"   {function:26} {len(packages)} packages")


def embedded(binary):
    section = subprocess.run(
        ["objcopy", "--dump-section", ".dep-v0=/dev/stdout", binary, "/dev/null"], check=True, stdout=subprocess.PIPE
    ).stdout
    return json.loads(zlib.decompress(section))["packages"]


main(*sys.argv[1:])
