"""Runs pkilint's commands, one a line of standard input, in one process: to load it takes longer than to lint.

The exit code says whether one of them found anything. What they find is printed after the command.
"""

import importlib
import sys


def main() -> int:
    commands = [line.split() for line in sys.stdin]
    failed = 0
    for name, *arguments in commands:
        linter = importlib.import_module(f"pkilint.bin.{name}")
        if linter.main(arguments):
            print("^^", name, *arguments)
            failed += 1
    print(f"pkilint: {len(commands)} commands, {failed} with findings")
    return 1 if failed else 0


sys.exit(main())
