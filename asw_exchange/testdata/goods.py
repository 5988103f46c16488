"""A catalogue of goods that ASEAN states trade with each other.

The six digits are those of the HS 2022 and fit the goods; the two digits that make them an AHTN code are
*modelled*. Descriptions are our own words, not the legal text. Weights, prices and packings are plausible,
trade marks invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Good:
    """One sort of goods, as it is packed, priced and originates."""

    hs6: str
    ahtn: str
    description: str
    unit: str
    """UN/ECE Rec 20."""
    weight: Decimal
    """Gross kilograms of one unit."""
    price: Decimal
    """Typical FOB price of one unit in USD."""
    package: str
    """UN/ECE Rec 21."""
    per_package: int
    criteria: tuple[str, ...]
    """As Form D prints them."""
    exporters: tuple[str, ...]
    """ISO alpha-2."""
    trademark: str | None = None


def read_good(line: str) -> Good:
    """Read a line of the table: fields divided by |, lists by blanks or semicolons."""
    hs, description, unit, weight, price, package, contents, criteria, exporters, *mark = map(
        str.strip, line.split("|")
    )
    hs6, suffix = hs.split()
    return Good(
        hs6=hs6,
        ahtn=hs6 + suffix,
        description=description,
        unit=unit,
        weight=Decimal(weight),
        price=Decimal(price),
        package=package,
        per_package=int(contents),
        criteria=tuple(text.strip() for text in criteria.split(";")),
        exporters=tuple(exporters.split()),
        trademark=mark[0] if mark else None,
    )


# hs and AHTN digits | description | unit | kg | USD | package | units in it | criteria | exporters | trade mark
_TABLE = """
030617 29|Shrimps and prawns, frozen, headless|KGM|1.10|8.40|CT|20|WO|VN TH ID MY BN PH MM|Blue Delta
030487 00|Tuna fillets, frozen|KGM|1.08|7.20|CT|10|WO;CC|ID PH VN TH
030462 00|Catfish fillets, frozen|KGM|1.08|3.10|CT|10|WO|VN|Nine Mouths
030289 19|Sea bass, fresh or chilled|KGM|1.15|6.00|BX|20|WO|MY BN SG ID
040120 10|Milk, pasteurised|LTR|1.05|1.10|CT|12|CC;40%|MY TH SG|Green Meadow
040900 00|Natural honey|KGM|1.20|4.80|DR|290|WO|VN MM LA TH
060311 00|Cut roses, fresh|H87|0.06|0.35|BX|200|WO|VN MY TH
070310 19|Shallots, fresh|KGM|1.03|0.80|BG|25|WO|TH MM VN ID
071410 11|Cassava chips, dried|KGM|1.01|0.24|BG|50|WO|TH KH LA VN
080132 00|Cashew nuts, shelled|KGM|1.06|6.90|CT|22|WO;CC|VN KH ID
080390 10|Bananas, fresh|KGM|1.10|0.65|BX|13|WO|PH LA KH MY MM
080430 00|Pineapples, fresh|KGM|1.08|0.70|BX|12|WO|PH TH ID MY BN
080450 20|Mangoes, fresh|KGM|1.10|1.60|BX|5|WO|TH PH KH MM VN
081060 00|Durians, fresh|KGM|1.05|4.20|BX|18|WO|TH VN MY ID
090111 20|Coffee, not roasted, not decaffeinated|KGM|1.02|2.60|BG|60|WO|VN ID LA MM|Highland Hills
090121 20|Coffee, roasted, ground|KGM|1.20|7.50|CT|12|CTH;45%|VN SG ID MY TH|Morning Market
090240 10|Black tea in leaves|KGM|1.04|1.90|SA|55|WO;CC|VN ID MM
090411 20|Black pepper, not crushed|KGM|1.02|4.10|BG|50|WO|VN KH MY ID
090611 00|Cinnamon bark|KGM|1.05|3.40|CT|10|WO|VN ID
100590 90|Maize for feed|KGM|1.01|0.27|BG|50|WO|LA MM KH TH
100630 99|Rice, milled, long grain|KGM|1.01|0.56|BG|50|WO|TH VN KH MM LA|White Heron
110814 00|Cassava starch|KGM|1.01|0.48|BG|50|WO;CC|TH VN KH LA
120740 10|Sesame seeds|KGM|1.01|1.70|BG|50|WO|MM LA KH
120991 90|Vegetable seeds for sowing|KGM|1.10|38.00|CT|10|WO|TH VN PH ID
130219 90|Plant extracts for food|KGM|1.15|24.00|DR|25|CC;40%|SG ID MY BN
151190 20|Palm olein, refined, in bulk|TNE|1000|890.00|VL|1|WO;CTH|MY ID
151321 90|Palm kernel oil, crude|TNE|1000|1050.00|VL|1|WO|MY ID PH
151311 00|Coconut oil, crude|TNE|1000|1180.00|VL|1|WO;CC|PH ID
160414 11|Tuna in cans, cartons of 48|H87|9.50|28.00|CT|1|CC;40%|TH PH ID VN|Captain Reef
160521 00|Prepared shrimps, breaded|KGM|1.12|9.60|CT|6|CC|VN TH MY
170199 10|Sugar, white, refined|KGM|1.01|0.52|BG|50|CC;WO|TH KH LA
180500 00|Cocoa powder, unsweetened|KGM|1.03|2.90|BG|25|CTSH;CTH|MY ID SG
180632 00|Chocolate in bars|KGM|1.25|6.20|CT|8|CTH;45%|SG MY ID|Peranakan
190230 40|Instant noodles, cartons of 40|H87|3.90|5.60|CT|1|CC;45%|TH ID VN MY MM PH|Quick Bowl
190531 10|Sweet biscuits|KGM|1.30|2.40|CT|6|CTH;40%|MY ID PH SG VN MM|Island Bakers
200820 10|Pineapple in cans, cartons of 24|H87|20.50|17.00|CT|1|CC;WO|TH PH ID
200989 90|Coconut water, packed|LTR|1.10|1.30|CT|12|CC;WO|TH PH VN ID
210111 90|Instant coffee|KGM|1.40|8.80|CT|10|CTH;45%|VN MY SG TH PH|Quick Cup
210390 13|Fish sauce|LTR|1.60|1.90|CT|12|CC;40%|VN TH|Old Jar
220210 20|Soft drinks, sweetened|LTR|1.07|0.62|CT|24|CTH;40%|TH VN MY SG LA KH BN|Fizzo
220300 91|Beer made from malt|LTR|1.30|1.05|CT|12|CC;CTH|LA VN TH SG KH|River Dragon
230990 13|Prepared feed for shrimps|KGM|1.01|1.15|BG|25|CC;40%|TH VN ID
240120 10|Tobacco, stemmed, flue-cured|KGM|1.08|4.30|CT|200|WO;CTSH|LA MM KH PH ID
252329 90|Portland cement, grey|TNE|1005|54.00|BG|1|CTH;40%|VN TH LA ID BN
271012 24|Motor spirit, unleaded|TNE|1000|720.00|VL|1|CTH;40%|SG MY BN TH
271111 00|Natural gas, liquefied|TNE|1000|510.00|VG|1|WO|BN MY ID
281410 00|Ammonia, anhydrous|TNE|1000|430.00|VG|1|CTH;WO|ID MY BN
290511 00|Methanol|TNE|1000|380.00|VL|1|CTH;40%|BN MY ID
300490 51|Paracetamol tablets, cartons of 200 packs|H87|8.20|64.00|CT|1|CTH;40%|ID SG TH VN MY
310210 00|Urea, granular|TNE|1005|310.00|BG|1|WO;CTH|ID MY VN BN
320910 50|Acrylic paints|KGM|1.10|2.10|PL|20|CTH;45%|MY SG TH VN|Coral Coat
330499 30|Skin care cream|KGM|1.60|14.50|CT|6|CTSH + 35%;CTH;45%|TH SG ID VN|Lotus Dew
340250 11|Washing powder|KGM|1.06|1.20|CT|9|CTH;40%|VN TH ID MY PH|Clear Stream
390120 00|Polyethylene, high density, pellets|KGM|1.01|1.05|BG|25|CTH;40%|TH SG MY PH
390210 40|Polypropylene, pellets|KGM|1.01|1.02|BG|25|CTH;40%|TH SG VN MY
392321 99|Plastic bags|KGM|1.05|1.75|CT|15|CTH;45%|VN TH MY ID KH
400122 30|Natural rubber, technically specified|KGM|1.01|1.55|PX|1260|WO|TH ID VN MY KH MM LA
401110 00|Tyres for motor cars, new|H87|9.80|31.00|PP|1|CTH;40%|TH ID VN PH|Roadgrip
401519 00|Gloves of rubber, cartons of 10 boxes|H87|6.10|34.00|CT|1|CTH;40%|MY TH VN|Safe Palm
440712 00|Sawn wood, dried|MTQ|640|310.00|BE|1|WO;CTH|LA MM MY ID
441231 00|Plywood, outer ply of tropical wood|MTQ|610|480.00|PX|1|CTH;40%|MY ID VN BN MM
460219 90|Baskets of bamboo|H87|0.70|3.80|CT|20|CC;WO|VN PH MM LA KH
480256 41|Copy paper, A4, cartons of 5 reams|H87|12.80|13.50|CT|1|CTH;40%|ID TH VN|Paper Crane
481910 00|Cartons of corrugated board|H87|0.45|0.60|PX|500|CTH;45%|VN TH MY KH LA
520512 00|Cotton yarn, combed|KGM|1.04|3.30|CT|45|CTH;40%|VN ID TH
540752 00|Woven fabrics of polyester, dyed|MTR|0.19|1.35|RO|100|CTH;40%|ID TH VN
610910 20|T-shirts of cotton, knitted|H87|0.19|3.20|CT|60|CC;40%|VN KH MM ID LA PH|Banyan Wear
611030 20|Pullovers of man-made fibres, knitted|H87|0.38|6.80|CT|36|CC;40%|KH MM VN ID LA
620342 90|Trousers of cotton, men's|H87|0.55|7.90|CT|24|CC;40%|KH VN MM ID LA|Straight Seam
620640 00|Blouses of man-made fibres|H87|0.24|6.10|CT|30|CC;40%|MM KH VN LA PH
630790 90|Textile bags for shopping|H87|0.12|0.95|CT|200|CC;CTH|VN KH MM LA
640399 90|Shoes with leather uppers|PR|1.05|15.40|CT|12|CTH + 40%;40%|VN ID KH MM|Long Walk
640411 90|Sports shoes with textile uppers|PR|0.92|13.10|CT|12|CTH;40%|VN ID KH MM|Swift Crane
690721 91|Ceramic floor tiles|MTK|19.00|5.40|PX|60|CTH;40%|VN ID TH MY
711319 10|Jewellery of gold|GRM|0.003|62.00|BX|200|CTH;40%|TH SG MY ID
721049 13|Steel coils, galvanised|TNE|1006|760.00|CL|1|CTH;40%|VN TH ID MY
730890 20|Steel structures for buildings|TNE|1010|1350.00|BE|1|CTH;40%|VN TH SG BN MY
740811 20|Copper wire, refined|TNE|1015|9100.00|RL|1|CTH;40%|ID MY TH PH
760120 00|Aluminium alloy ingots|TNE|1004|2350.00|BE|1|CTH;40%|MY ID BN
841430 40|Compressors for refrigerators|H87|8.40|34.00|PX|80|CTSH;40%|TH SG MY|Polar Fan
841510 20|Air conditioners, wall type|SET|38.00|175.00|CT|1|CTSH;40%;CTSH + 35%|TH MY ID|Cool Monsoon
845020 00|Washing machines, above 10 kg|H87|68.00|245.00|CT|1|CTSH;40%|TH VN ID|Clear Stream
847130 20|Portable computers|H87|2.30|410.00|CT|5|CTSH;40%|VN TH SG MY|Lumen
847330 10|Printed circuit boards, assembled|H87|0.35|58.00|CT|40|CTSH;45%|MY PH SG TH VN
848210 00|Ball bearings|H87|0.28|2.70|CT|100|CTSH;40%|TH SG MY ID
850440 90|Power adapters|H87|0.22|4.60|CT|100|CTSH;45%|VN PH TH MY|Lumen
851713 00|Smartphones|H87|0.42|165.00|CT|40|CTSH;40%|VN TH ID|Lumen
852872 92|Television sets, colour|H87|12.50|230.00|CT|1|CTSH;40%|VN MY ID TH|Lumen
853400 20|Printed circuits|H87|0.05|3.10|CT|500|CTH;45%|TH MY SG VN PH
854231 00|Integrated circuits, processors|H87|0.002|7.40|CT|5000|CTSH;40%|MY SG PH TH VN
854143 00|Solar modules|H87|22.00|68.00|PX|30|CTH;40%|VN MY TH KH LA
854430 12|Wiring harnesses for vehicles|SET|3.60|42.00|CT|8|CTSH + 35%;40%|VN PH TH ID KH
870323 57|Passenger cars, 1,500 to 3,000 cc|H87|1380|14200.00|NE|1|40%|TH ID MY VN|Meranti
870421 29|Pick-up trucks, diesel|H87|1890|16800.00|NE|1|40%|TH ID|Meranti
870899 80|Parts of motor vehicles|KGM|1.12|5.90|CT|15|CTH;40%|TH ID MY VN PH SG
871120 90|Motorcycles, 50 to 250 cc|H87|112.00|1150.00|CR|1|CTH;40%|TH ID VN MY|Swift Crane
900150 00|Spectacle lenses|H87|0.03|2.20|CT|200|CTH;40%|TH PH VN SG
940161 00|Seats with wooden frames, upholstered|H87|17.00|86.00|CT|1|CTH;40%|VN MY ID PH MM|Teak House
940360 90|Wooden furniture|H87|31.00|94.00|CT|1|CTH;40%;SP|VN MY ID PH MM LA|Teak House
950300 70|Toys of plastic|H87|0.35|2.90|CT|36|CTH;40%|VN ID TH MY KH
961900 14|Baby diapers, cartons of 8 packs|H87|7.40|16.50|CT|1|CTH;40%|TH MY ID VN PH|Soft Nest
"""

GOODS: tuple[Good, ...] = tuple(read_good(line) for line in _TABLE.strip().splitlines())
