"""Invented people, firms and places, drawn without repetition."""

from __future__ import annotations

from random import Random
from typing import NamedTuple


def words_of(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


GIVEN = words_of(
    "Ada, Amara, Anders, Beatriz, Bela, Carmen, Chidi, Clara, Dario, Dmitri, Edith, Eamon, Farah, Felix, "
    "Gisela, Goran, Hana, Hugo, Ingrid, Isaac, Jelena, Jonas, Kaori, Karim, Leila, Lorenzo, Maeve, Malik, "
    "Nadia, Nils, Oksana, Omar, Paloma, Pavel, Quinn, Rania, Rafael, Saoirse, Sven, Tamsin, Tariq, Una, "
    "Viktor, Wanda, Xavier, Yasmin, Yusuf, Zelda"
)
FAMILY = words_of(
    "Abernathy, Adeyemi, Barlow, Bianchi, Castellan, Chen, D'Amico, Dvorak, Eriksen, Fairweather, "
    "Fontaine, Gallagher, Haddad, Holmqvist, Ivanova, Jankowski, Kessler, Kowalczyk, Lindqvist, MacLeod, "
    "Marchetti, Nakamura, Novak, O'Brien, O'Malley, Okafor, Petrov, Quintero, Rasmussen, Rossi, Sandoval, "
    "Schuster, Takahashi, Thorne, Uchida, Valdez, Vance, Whitlock, Yamamoto, Zielinski"
)
FIRM = words_of(
    "Alder, Amber, Beacon, Birch, Bluestone, Canyon, Cedar, Cobalt, Copper, Delta, Ember, Fern, Foxglove, "
    "Granite, Harbor, Heron, Indigo, Ironwood, Juniper, Kestrel, Lantern, Larch, Maple, Meadow, Mica, "
    "North, Oak, Orchard, Pebble, Pine, Quarry, Raven, Ridge, River, Sable, Silver, Spruce, Summit, "
    "Tidewater, Timber, Umber, Valley, Willow, Winter"
)
TRADE = words_of(
    "Bakery, Bookshop, Brewing, Builders, Catering, Clinic, Coffee, Dental, Farms, Fitness, Florist, "
    "Foods, Galleries, Garage, Hotel, Imports, Interiors, Kitchen, Law Group, Logistics, Market, Motors, "
    "Outfitters, Pharmacy, Press, Properties, Realty, School, Studio, Supply, Theatre, Travel, "
    "Veterinary, Winery"
)
FORM = ("", "", "", " Inc.", " LLC", " & Co.", " Partners")
# Names that break naive code: apostrophes, accents, other scripts, a comma, an ampersand.
AWKWARD = (
    "Mei's Noodle House",
    "L'Étoile du Nord",
    "Żółw Księgarnia",
    "北京茶馆",
    "Кафе «Берёза»",
    "مخبز الشرق",
    "さくら歯科",
    "O'Dea, Fitch & Sons",
    "Ünal Gıda",
    'The "Corner" Shop',
    "Smith\\Jones Architects",
    "100% Pure Juice",
)
STREETS = "Alameda Birchwood Chestnut Division Elmhurst Foundry Garfield Highland Juniper Kearny".split()  # noqa: SIM905 - as above
PLACES = {
    "US": (
        ("Ashland", "OR", "97520"),
        ("Bend", "OR", "97701"),
        ("Chico", "CA", "95926"),
        ("Eureka", "CA", "95501"),
    ),
    "CA": (("Guelph", "ON", "N1H 3A1"), ("Kingston", "ON", "K7L 1A1"), ("Barrie", "ON", "L4M 1A1")),
}
COUNTRIES = {"US": {0: "USA", 1: "US"}, "CA": {0: "CAN", 1: "Canada"}}
AREA_CODES = {
    "US": ("541", "458", "530", "707", "503", "971", "916", "415", "650", "510"),
    "CA": ("519", "226", "548", "613", "343", "753", "705", "249", "683", "416"),
}
JOBS = (
    "Phase 1",
    "Phase 2",
    "Kitchen",
    "Warehouse",
    "Front Garden",
    "Annex",
    "Head Office",
    "Service Contract",
)


class Firm(NamedTuple):
    """A customer or vendor to be."""

    name: str
    given: str
    family: str
    email: str
    phone: str
    address: dict[str, str]


class Names:
    """Draws firms that no draw before gave; `taken` are names in use."""

    def __init__(self, rng: Random, country: str, taken: set[str]) -> None:
        self.rng = rng
        self.country = country
        self.taken = taken

    def firm(self, name: str = "") -> Firm:
        rng = self.rng
        given, family = rng.choice(GIVEN), rng.choice(FAMILY)
        while not name or name.casefold() in self.taken:
            person = rng.random() < 0.2
            name = f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}" if person else ""
            name = name or f"{rng.choice(FIRM)} {rng.choice(TRADE)}{rng.choice(FORM)}"
        self.taken.add(name.casefold())
        slug = (
            "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum()) or "contact"
        )
        area = AREA_CODES[self.country][rng.randint(0, 9)]
        phone = f"({area}) 555-{rng.randint(0, 9999):04d}"
        return Firm(name, given, family, f"accounts@{slug}.example", phone, self.address())

    def address(self) -> dict[str, str]:
        city, region, code = self.rng.choice(PLACES[self.country])
        number = self.rng.randint(1, 9900)
        place = {
            "Line1": f"{number} {self.rng.choice(STREETS)} St",
            "City": city,
            "CountrySubDivisionCode": region,
            "PostalCode": code,
        }
        # Most people leave the country out; the others write it as they like.
        spelling = COUNTRIES[self.country].get(number % 5)
        return place | ({"Country": spelling} if spelling else {})
