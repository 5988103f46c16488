"""Firms, places and goods of the trade between New Zealand and Viet Nam, and the authorities of both.

All firms, streets, trade marks and numbers are invented; cities, ports and authorities are real. The six
digits are those of the HS 2022. Weights, prices and packings are plausible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from asw_exchange.testdata.firms import FIRMS, Firm
from asw_exchange.testdata.places import PLACES, Place


@dataclass(frozen=True, slots=True)
class Good:
    """One sort of goods as it is packed, priced, originates and is certified."""

    hs6: str
    description: str
    scientific_name: str
    form: str
    """Part of the plant, or cut or state of the animal product."""
    condition: str
    unit: str
    """UN/ECE Rec 20."""
    weight: Decimal
    """Gross kilograms of one unit."""
    price: Decimal
    """Typical FOB price of one unit in USD."""
    package: str
    """UN/ECE Rec 21."""
    per_package: int
    criterion: str
    """As Form AANZ prints it."""
    exporter: str
    """ISO alpha-2."""
    type_code: str
    """UNTDID 1001 of the certificate that covers it; empty for goods that need none."""
    treatment: str
    """A name of TREATMENTS, or empty."""


def _good(line: str) -> Good:
    cells = [cell.strip() for cell in line.split("|")]
    hs6, description, scientific_name, form, condition, unit, weight, price, package, contents, *rest = cells
    criterion, exporter, type_code, treatment = rest
    return Good(
        hs6=hs6,
        description=description,
        scientific_name=scientific_name,
        form=form,
        condition=condition,
        unit=unit,
        weight=Decimal(weight),
        price=Decimal(price),
        package=package,
        per_package=int(contents),
        criterion=criterion,
        exporter=exporter,
        type_code=type_code,
        treatment=treatment,
    )


# hs | description | scientific name | form | condition | unit | kg | USD | package | units in it | criterion
#    | from | certificate | treatment
_GOODS = """
081050|Kiwifruit, green, fresh|Actinidia deliciosa|fruit|fresh|KGM|1.06|2.60|CT|10|WO|NZ|851|
081050|Kiwifruit, gold, fresh|Actinidia chinensis|fruit|fresh|KGM|1.06|3.90|CT|10|WO|NZ|851|
080810|Apples, fresh|Malus domestica|fruit|fresh|KGM|1.07|1.90|CT|18|WO|NZ|851|cold
080929|Cherries, fresh|Prunus avium|fruit|fresh|KGM|1.10|9.80|CT|5|WO|NZ|851|
070310|Onions, fresh|Allium cepa|bulb|fresh|KGM|1.03|0.55|BG|20|WO|NZ|851|
120925|Ryegrass seed for sowing|Lolium perenne|seed|dried|KGM|1.02|2.10|BG|25|WO|NZ|851|
440321|Radiata pine logs, without bark|Pinus radiata|wood|debarked|MTQ|820|95|VR|40|WO|NZ|851|fumigation
440711|Radiata pine, sawn lengthwise|Pinus radiata|wood|kiln-dried|MTQ|520|310|BE|4|CTH|NZ|851|heat
040210|Skim milk powder|Bos taurus|milk|dried|KGM|1.02|2.70|BG|25|PE|NZ|853|pasteurisation
040221|Whole milk powder|Bos taurus|milk|dried|KGM|1.02|3.40|BG|25|WO|NZ|853|pasteurisation
040510|Butter, unsalted|Bos taurus|milk|frozen|KGM|1.03|5.20|CT|25|PE|NZ|853|pasteurisation
040690|Cheddar cheese|Bos taurus|milk|chilled|KGM|1.04|4.60|CT|20|PSR|NZ|853|pasteurisation
350110|Rennet casein|Bos taurus|milk|dried|KGM|1.02|7.10|BG|25|CTH|NZ|853|pasteurisation
020442|Lamb legs, bone in, frozen|Ovis aries|meat|frozen|KGM|1.05|7.40|CT|18|WO|NZ|853|
020230|Beef, boneless, frozen|Bos taurus|meat|frozen|KGM|1.05|5.90|CT|27|WO|NZ|853|
020890|Venison, boneless, frozen|Cervus elaphus|meat|frozen|KGM|1.05|11.30|CT|15|WO|NZ|853|
030389|Hoki, headed and gutted, frozen|Macruronus novaezelandiae|fish|frozen|KGM|1.06|2.30|CT|20|WO|NZ|852|
030743|Arrow squid, whole, frozen|Nototodarus sloanii|mollusc|frozen|KGM|1.06|2.80|CT|20|WO|NZ|852|
040900|Mānuka honey in jars|Apis mellifera|honey|natural|KGM|1.30|38|CT|12|WO|NZ|852|
190110|Infant formula in cans|Bos taurus|milk|dried|KGM|1.25|11|CT|12|RVC|NZ|852|pasteurisation
220421|Sauvignon blanc wine in bottles||||LTR|1.60|6.20|CT|9|PSR|NZ||
843410|Milking machines, parts of stalls||||H87|480|6200|CS|1|RVC|NZ||
080132|Cashew nuts, shelled|Anacardium occidentale|nut|dried|KGM|1.06|6.90|CT|22|WO|VN|851|fumigation
081090|Dragon fruit, fresh|Hylocereus undatus|fruit|fresh|KGM|1.08|1.60|CT|9|WO|VN|851|vapour
080450|Mangoes, fresh|Mangifera indica|fruit|fresh|KGM|1.10|2.40|CT|6|WO|VN|851|irradiation
081090|Rambutan, fresh|Nephelium lappaceum|fruit|fresh|KGM|1.10|2.20|CT|6|WO|VN|851|irradiation
090111|Coffee, not roasted|Coffea canephora|seed|dried|KGM|1.02|2.60|BG|60|WO|VN|851|fumigation
090411|Black pepper, not crushed|Piper nigrum|fruit|dried|KGM|1.02|4.10|BG|50|WO|VN|851|fumigation
100630|Rice, milled, long grain|Oryza sativa|grain|milled|KGM|1.01|0.60|BG|25|WO|VN|851|fumigation
090611|Cinnamon bark|Cinnamomum cassia|bark|dried|KGM|1.05|3.40|CT|10|WO|VN|851|
030462|Catfish fillets, frozen|Pangasianodon hypophthalmus|fish|frozen|KGM|1.08|3.10|CT|10|WO|VN|853|
030617|Shrimps, frozen, headless|Litopenaeus vannamei|crustacean|frozen|KGM|1.10|8.40|CT|20|WO|VN|853|
160521|Shrimps, cooked, peeled|Litopenaeus vannamei|crustacean|cooked|KGM|1.10|9.60|CT|12|CTH|VN|852|cooking
160414|Tuna in cans|Katsuwonus pelamis|fish|preserved|KGM|1.20|4.80|CT|9|PSR|VN|852|cooking
200819|Cashew nuts, roasted|Anacardium occidentale|nut|roasted|KGM|1.20|9.10|CT|10|PSR|VN|852|cooking
640299|Sandals of plastics||||PR|0.60|4.20|CT|24|RVC|VN||
620342|Trousers of cotton||||H87|0.50|7.90|CT|48|PSR|VN||
940360|Wooden tables||||H87|24|61|CT|1|CTH|VN||
"""
GOODS: tuple[Good, ...] = tuple(_good(line) for line in _GOODS.strip().splitlines())


def goods_of(state: str, type_code: str | None = None) -> tuple[Good, ...]:
    """Return what a state exports, or of it what a certificate of this type covers."""
    return tuple(good for good in GOODS if good.exporter == state and type_code in (None, good.type_code))


def _new_zealander(line: str) -> Firm:
    name, local, identifier, street, city, postcode = (cell.strip() for cell in line.split("|"))
    return Firm(
        name=name,
        local_name=local or None,
        identifier=identifier,
        lines=(street,),
        city=city,
        postcode=postcode,
        country="NZ",
    )


# name | name in Māori | business number | street | city | post code
_NEW_ZEALAND = """
Southern Alps Dairy Limited||9429000000017|14 Creamery Road|Ashburton|7700
Te Awa Kiwifruit Growers|Ngā Kaiwhakatipu Huakiwi o Te Awa|9429000000024|221 Orchard Lane|Te Puke|3119
Kererū Forest Products|Ngā Hua Ngahere o Kererū|9429000000031|5 Sawmill Street|Tokoroa|3420
Waikato Plains Milk||9429000000048|80 Factory Road|Morrinsville|3300
Ōtākou Fisheries|Te Ahu Ika o Ōtākou|9429000000055|3 Wharf Street|Dunedin|9016
Mānuka Grove Honey|Te Mīere o Te Pūihi|9429000000062|47 Tāwharanui Rise|Warkworth|0985
Cape Sheep and Beef||9429000000079|12 Freezing Works Road|Napier|4110
Marlborough Terrace Wines||9429000000086|9 Vineyard Avenue|Blenheim|7201
Tāmaki Importers|Ngā Kaitauhoko o Tāmaki|9429000000093|66 Quay View|Auckland|1010
Harbour Capital Foods||9429000000109|31 Tinakori Terrace|Wellington|6011
"""
TRADERS: Mapping[str, tuple[Firm, ...]] = {
    "NZ": tuple(_new_zealander(line) for line in _NEW_ZEALAND.strip().splitlines()),
    "VN": FIRMS["VN"],
}

PORTS: Mapping[str, tuple[Place, ...]] = {
    "NZ": tuple(
        Place(code=code, name=name, country="NZ", modes=modes)
        for code, name, modes in (
            ("NZAKL", "Auckland", ("1", "4")),
            ("NZTRG", "Tauranga", ("1",)),
            ("NZLYT", "Lyttelton", ("1",)),
            ("NZNPE", "Napier", ("1",)),
            ("NZPOE", "Port Chalmers", ("1",)),
            ("NZCHC", "Christchurch", ("4",)),
        )
    ),
    "VN": PLACES["VN"],
}

VESSELS = (
    "TASMAN HERON",
    "KAIMOANA",
    "TE MOANA NUI",
    "CORAL SEA TRADER",
    "SOUTHERN KŌTARE",
    "HA LONG MORNING",
)

NAMES: Mapping[str, str] = {"NZ": "New Zealand", "VN": "Viet Nam", "AU": "Australia", "CL": "Chile"}

PLANTS, ANIMALS = "plants", "animals"
AUTHORITIES: Mapping[tuple[str, str], tuple[str, str, str]] = {
    ("NZ", PLANTS): ("Ministry for Primary Industries (Manatū Ahu Matua)", "NZWLG", "Wellington"),
    ("NZ", ANIMALS): ("Ministry for Primary Industries (Manatū Ahu Matua)", "NZWLG", "Wellington"),
    ("VN", PLANTS): ("Plant Protection Department", "VNSGN", "Ho Chi Minh City"),
    ("VN", ANIMALS): ("Department of Animal Health", "VNHAN", "Ha Noi"),
}
"""Authority and place of issue, by state and sort of goods."""

CERTIFIERS: Mapping[str, tuple[str, str]] = {
    "NZ": ("New Zealand Chambers of Commerce", "Auckland"),
    "VN": ("Ministry of Industry and Trade", "Ho Chi Minh City"),
}
"""Who issues Form AANZ, and where."""

OFFICERS: Mapping[str, tuple[str, ...]] = {
    "NZ": ("Authorised officer 03", "Authorised officer 11", "Āpiha whai mana 07", "Āpiha whai mana 12"),
    "VN": ("Authorised officer 04", "Authorised officer 18", "Cán bộ kiểm dịch 02", "Cán bộ kiểm dịch 09"),
}

STATEMENTS: Mapping[str, str] = {
    "851": "The plants and plant products described here were inspected by the procedures laid down and meet"
    " the plant health requirements of the importing country.",
    "852": "The food described here was produced under official control and is fit for human consumption.",
    "853": "The animal products described here come from animals without signs of contagious disease and meet"
    " the animal health requirements of the importing country.",
}
"""What is certified, in our own words: the model texts are those of the conventions."""

TREATMENTS: Mapping[str, tuple[str, str, str, int, str, str]] = {
    "fumigation": ("Fumigation", "Methyl bromide", "16", 21, "24", "methyl bromide, 48 g/m3"),
    "heat": ("Physical treatment", "Heat", "95", 56, "1", "core temperature held"),
    "cold": ("Physical treatment", "Cold", "74", 1, "384", "in transit"),
    "vapour": ("Physical treatment", "Vapour heat", "75", 46, "1", "relative humidity above 90 %"),
    "irradiation": ("Irradiation", "Gamma rays", "17", 25, "1", "minimum absorbed dose 400 Gy"),
    "pasteurisation": ("Physical treatment", "Heat", "95", 72, "1", "15 seconds and longer"),
    "cooking": ("Physical treatment", "Heat", "95", 90, "1", "core temperature held"),
}
"""Name to: level 1, level 2, code of UNTDID 7187, temperature in Celsius, hours, what else to say."""
