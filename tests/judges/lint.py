"""Runs the pkilint commands from standard input, one per line, in one process, because loading pkilint is slow.

The exit code is 1 if a command reports findings. The findings are printed before the command.
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
