"""Draws random sentences from the comments and documents, for a reader who judges the language.

    python3 tests/prose/sentences.py [SEED [COUNT]]
"""

import random
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The pattern of a comment line, by file extension.
COMMENT = {
    ".rs": r"\s*//[/!]?\s?(.*)",
    ".js": r"\s*(?://|/\*\*?|\*(?!/))\s?(.*?)(?:\*/)?$",
    ".css": r"\s*(?:/\*|\*(?!/))\s?(.*?)(?:\*/)?$",
    ".sh": r"\s*#(?!!)\s?(.*)",
    ".py": r"\s*#\s?(.*)",
    ".yaml": r"\s*#\s?(.*)",
    ".toml": r"(?:.*\s)?#\s(.*)",
}
GENERATED = re.compile(r"postal-codes/|references/|package-lock|node_modules|\.d\.ts$|snapshots/")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
LIST_ITEM = re.compile(r"^(?:[-*]|\d+\.) +")
EMPHASIS = re.compile(r"\*\*|(?<![\w/.])\*(?=\w)|(?<=[\w.)?])\*(?![\w/.])")
SHORTEST = 5  # words


def main():
    seed = sys.argv[1] if len(sys.argv) > 1 else "1"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    found = sorted(set(sentence for file in files() for sentence in sentences(file)))
    random.Random(seed).shuffle(found)
    print(f"{len(found)} sentences, seed {seed}")
    for number, (sentence, file) in enumerate(found[:count], 1):
        print(f"{number:3} {file}: {sentence}")


def files():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [file for file in listed.splitlines() if not GENERATED.search(file)]


def sentences(file):
    ending = Path(file).suffix
    if ending != ".md" and ending not in COMMENT:
        return
    for paragraph in paragraphs((ROOT / file).read_text(), ending):
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z`\[“])", paragraph):
            if len(sentence.split()) >= SHORTEST and sentence.endswith(".") and not JAPANESE.search(sentence):
                yield sentence, file


def paragraphs(text, ending):
    """Yields comments in code. In a document, yields paragraphs and list items, without headings, code and tables."""
    lines, code = [], False
    for line in [*text.splitlines(), ""]:
        if line.strip().startswith("```"):
            code = not code
        prose = document_line(line, code) if ending == ".md" else comment_line(line, ending)
        if lines and (not prose or LIST_ITEM.match(prose)):
            yield EMPHASIS.sub("", " ".join(lines))
            lines = []
        if prose:
            lines.append(LIST_ITEM.sub("", prose))


def document_line(line, code):
    return "" if code or line.startswith(("|", "#", "    ")) else line.strip()


def comment_line(line, ending):
    match = re.fullmatch(COMMENT[ending], line)
    text = match.group(1).strip() if match else ""
    return "" if text.startswith(("```", "|", "#", "@")) else text


main()
