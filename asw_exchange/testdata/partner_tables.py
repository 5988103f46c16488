"""Firms, places and goods of the partner states. Firms, streets and numbers are invented; cities are real."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from asw_exchange.testdata.firms import FIRMS, Firm, read_firm
from asw_exchange.testdata.goods import GOODS, Good, read_good
from asw_exchange.testdata.places import PLACES, Place


class _OfCountry(Protocol):
    @property
    def country(self) -> str: ...


T = TypeVar("T", bound=_OfCountry)

# country | name | name in its own script | number | street | city | post code
_FIRMS = """
RU|Severnaya Ryba|ООО «Северная рыба»|7801234560|ul. Portovaya 14|Murmansk|183001
RU|Uralskaya Stal Torg|ООО «Уральская сталь торг»|7412345678|pr. Zavodskoy 3|Chelyabinsk|454007
RU|Volga Import|ООО «Волга Импорт»|7709876543|ul. Rechnaya 27|Moscow|115114
RU|Baltiyskaya Odezhda|АО «Балтийская одежда»|7812345671|nab. Morskaya 8|Saint Petersburg|199106
BY|Polesskoye Moloko|ОАО «Полесское молоко»|190123456|ul. Molochnaya 5|Pinsk|225710
BY|Minsk Tractor Trade|ООО «Минск Трактор Трейд»|191234567|ul. Polevaya 40|Minsk|220070
KZ|Karaganda Ferro|ТОО «Караганда Ферро»|050140001234|ul. Stepnaya 11|Karaganda|100000
KZ|Altyn Dan|ТОО «Алтын Дән»|060240002345|ul. Zhibek 61|Kostanay|110000
AM|Ararat Cellars|«Արարատի մառաններ» ՍՊԸ|01234567|Tigranyan St 9|Yerevan|0014
AM|Sevan Jewellery|«Սևան ոսկերչական» ՓԲԸ|02345678|Garegin St 22|Yerevan|0010
KG|Talas Beans|ОсОО «Талас төө буурчагы»|01203200510123|Manas kochosu 7|Talas|724200
KG|Bishkek Textile|ОсОО «Бишкек кездеме»|01503201610234|Chui prospektisi 118|Bishkek|720001
KR|Hanbit Semiconductor|한빛반도체 주식회사|1208112345|21 Gaetgol-ro|Hwaseong|18448
KR|Saebyeok Cosmetics|새벽화장품 주식회사|2148723456|8 Kkotgil|Seoul|06236
KR|Dongbaek Steel|동백제강 주식회사|5068134567|77 Jecheol-ro|Pohang|37877
KR|Namhae Foods|남해식품 주식회사|6078245678|5 Haean-daero|Busan|48058
KR|Mirae Auto Parts|미래자동차부품 주식회사|1378656789|340 Gongdan-ro|Incheon|21629
NZ|Tairawhiti Dairy|Te Miraka o Te Tairāwhiti|9429041234567|12 Awapuni Road|Gisborne|4010
NZ|Kauri Coast Orchards|Ngā Uru Hua o te Tai Kauri|9429042345678|88 Orchard Lane|Te Puke|3119
NZ|Southern Tussock Meats||9429043456789|4 Freezing Works Road|Invercargill|9810
NZ|Rimu Forest Logs|Ngā Rākau o Rimu|9429044567890|150 Wharf Street|Tauranga|3110
NZ|Pohutukawa Imports|Ngā Hokohoko o Pōhutukawa|9429045678901|31 Quay View|Auckland|1010
"""

# UN/LOCODE | name | modes
_PLACES = """
RUVVO|Vladivostok|1 4
RULED|Saint Petersburg|1 4
RUNVS|Novorossiysk|1
BYMSQ|Minsk|4
KZALA|Almaty|4
AMEVN|Yerevan|4
KGFRU|Bishkek|4
KRPUS|Busan|1 4
KRINC|Incheon|1 4
KRKAN|Gwangyang|1
NZAKL|Auckland|1 4
NZTRG|Tauranga|1
NZLYT|Lyttelton|1
NZNPE|Napier|1
"""

# hs and further digits | description | unit | kg | USD | package | units in it | criteria | exporters
_GOODS = """
030363 00|Cod, frozen, without heads|KGM|1.08|3.90|CT|20|WO|RU
270111 00|Anthracite in big bags|KGM|1.01|0.19|BG|1000|WO|RU KZ
220860 00|Vodka, in bottles|LTR|1.55|4.20|CT|12|CTH|RU BY
870422 00|Lorries with diesel engine, over 5 t up to 20 t|H87|9100|52000|NE|1|CTH|RU BY
720720 00|Semi-finished products of steel, over 0.25 % carbon|KGM|1.01|0.62|BE|2000|CTH|RU
100199 00|Wheat in bags|KGM|1.01|0.31|BG|50|WO|RU KZ
040221 20|Milk powder, unsweetened|KGM|1.04|3.40|BG|25|WO|BY NZ
870195 00|Tractors of more than 130 kW|H87|6800|68000|NE|1|CTH|BY
720241 00|Ferro-chromium|KGM|1.02|1.70|BG|1000|CTH|KZ
220820 00|Spirits distilled from grape wine, in bottles|LTR|1.60|7.80|CT|9|CTH|AM
711319 00|Jewellery of gold|GRM|0.0013|58|BX|100|CTH|AM
071333 00|Kidney beans, dried|KGM|1.01|1.20|BG|50|WO|KG
620342 00|Trousers of cotton, men's|H87|0.62|9.40|CT|40|CC|KG
854231 00|Processors and controllers, electronic integrated circuits|H87|0.002|4.60|CT|2000|CTH; CTSH|KR
330499 00|Skin-care preparations|KGM|1.25|14.20|CT|12|CTH|KR
721049 00|Flat-rolled steel, plated with zinc, in coils|KGM|1.01|0.88|CL|5000|CTH|KR
870840 00|Gear boxes for motor vehicles|H87|84|690|PX|4|CTH|KR
210690 00|Ginseng preparations|KGM|1.20|22|CT|10|CC|KR
190230 00|Instant noodles|KGM|1.15|2.90|CT|10|CC|KR
040510 00|Butter, salted|KGM|1.03|5.90|CT|25|WO|NZ
081050 00|Kiwifruit, fresh|KGM|1.12|2.40|CT|10|WO|NZ
080810 00|Apples, fresh|KGM|1.10|1.60|CT|18|WO|NZ
020442 00|Sheep cuts with bone in, frozen|KGM|1.06|7.20|CT|20|WO|NZ
440321 00|Radiata pine logs|MTQ|820|118|BE|20|WO|NZ
"""


def _by_country(found: Iterable[T]) -> Mapping[str, tuple[T, ...]]:
    table: defaultdict[str, list[T]] = defaultdict(list)
    for each in found:
        table[each.country].append(each)
    return {country: tuple(several) for country, several in table.items()}


def _lines(table: str) -> list[str]:
    return table.strip().splitlines()


def _place(line: str) -> Place:
    code, name, modes = line.split("|")
    return Place(code=code, name=name, country=code[:2], modes=tuple(modes.split()))


PARTNER_FIRMS = {**FIRMS, **_by_country(map(read_firm, _lines(_FIRMS)))}
"""Firms of all states, the partners' own in place of those that only invoice."""
PARTNER_PLACES = {**PLACES, **_by_country(map(_place, _lines(_PLACES)))}
PARTNER_GOODS: tuple[Good, ...] = (*GOODS, *map(read_good, _lines(_GOODS)))


def firms_of(state: str) -> tuple[Firm, ...]:
    """Return the firms of a state."""
    return PARTNER_FIRMS[state]


def places_of(state: str, mode: str) -> tuple[Place, ...]:
    """Return the places of a state that a mode of transport calls at."""
    return tuple(place for place in PARTNER_PLACES[state] if mode in place.modes)


def exports_of(state: str, *subheadings: str) -> tuple[Good, ...]:
    """Return what a state exports; with ``subheadings`` only goods of these six-digit codes."""
    found = (good for good in PARTNER_GOODS if state in good.exporters)
    return tuple(good for good in found if not subheadings or good.hs6 in subheadings)
