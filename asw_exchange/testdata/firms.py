"""Firms, authorities and exhibitions. All firms, streets and numbers are invented; the cities are real.

The issuing authorities are the real ones (list of ASEAN-wide self-certification, 15 November 2020).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Firm:
    """An exporter, importer or manufacturer."""

    name: str
    local_name: str | None
    """In the state's own language and script, where it has one here."""
    identifier: str
    """Registration number of a shape that is usual there."""
    lines: tuple[str, ...]
    city: str
    postcode: str | None
    country: str
    """ISO alpha-2."""


def read_firm(line: str) -> Firm:
    country, name, local, identifier, street, city, postcode = (part.strip() for part in line.split("|"))
    return Firm(
        name=name,
        local_name=local or None,
        identifier=identifier,
        lines=(street,),
        city=city,
        postcode=postcode or None,
        country=country,
    )


# country | name | name in its own script | number | street | city | post code
_TABLE = """
BN|Seri Damai Trading|Syarikat Perniagaan Seri Damai|RC20014821|Lot 12 Jalan Kebun Baru|Bandar Seri Begawan|BS8411
BN|Kuala Tutong Seafood|Makanan Laut Kuala Tutong|RC20009317|Simpang 41 Jalan Pantai Lama|Tutong|TA1141
BN|Belait Gas Supply||RC20017755|Unit 3 Jalan Setia Raja|Kuala Belait|KA1131
BN|Temburong Timber||RC20011098|Kampong Batu Apoi 7|Bangar|PA1351
BN|Muara Building Materials||RC20015540|Spg 88 Muara Industrial Area|Bandar Seri Begawan|BT1728
BN|Lumut Chemicals||RC20018213|Plot 9 Sungai Liang Park|Seria|KB2933
BN|Anggerek Foods|Makanan Anggerek|RC20010664|Block D Jalan Gadong Lama|Bandar Seri Begawan|BE3519
BN|Tasek Steelworks||RC20012276|Lot 5 Serambangun Estate|Tutong|TB1741
ID|Nusantara Hijau Abadi|PT Nusantara Hijau Abadi|012345678901000|Jl. Kenanga Raya 18|Jakarta|13930
ID|Samudra Rempah|PT Samudra Rempah Sejahtera|023456789012000|Jl. Pelita Laut 7|Surabaya|60177
ID|Bukit Karet Jaya|PT Bukit Karet Jaya|034567890123000|Jl. Perkebunan 55|Medan|20371
ID|Cahaya Elektronika|PT Cahaya Elektronika Timur|045678901234000|Kawasan Industri Blok F2|Bekasi|17530
ID|Tirta Garmen|PT Tirta Garmen|056789012345000|Jl. Benang Emas 21|Bandung|40215
ID|Sawit Lestari|PT Sawit Lestari Bersama|067890123456000|Jl. Minyak 3|Dumai|28812
ID|Anyaman Selatan|CV Anyaman Selatan|078901234567000|Jl. Rotan 9|Semarang|50175
ID|Mesin Prima|PT Mesin Prima Karya|089012345678000|Jl. Baja 101|Karawang|41361
KH|Mekong Rice Mill|រោងម៉ាស៊ីនកិនស្រូវមេគង្គ|K001-901812345|Street 371 No. 14|Phnom Penh|120601
KH|Angkor Garments|រោងចក្រកាត់ដេរអង្គរ|K002-901823456|National Road 4 km 18|Phnom Penh|120905
KH|Battambang Agro|កសិកម្មបាត់ដំបង|K003-901834567|Village 5 Road 1|Battambang|020201
KH|Kampot Pepper House|ផ្ទះម្រេចកំពត|K004-901845678|River Road 22|Kampot|070401
KH|Sihanouk Rubber||K005-901856789|Port Street 9|Sihanoukville|180203
KH|Tonle Packaging||K006-901867890|Street 598 No. 40|Phnom Penh|120707
KH|Siem Reap Crafts|សិប្បកម្មសៀមរាប|K007-901878901|Lane 3 Wat Bo|Siem Reap|171204
KH|Bavet Footwear||K008-901889012|Special Zone Plot 31|Bavet|200602
LA|Vientiane Coffee Growers|ຜູ້ປູກກາເຟວຽງຈັນ|01-00012345|Thanon Dong Palan 45|Vientiane|01000
LA|Champa Garments|ໂຮງງານຕັດຫຍິບຈຳປາ|01-00023456|Road 13 South km 9|Vientiane|01020
LA|Bolaven Farms|ສວນບໍລະເວນ|16-00034567|Ban Huay Kong 4|Pakse|16000
LA|Savan Timber|ໄມ້ສະຫວັນ|13-00045678|Zone B Plot 12|Savannakhet|13000
LA|Nam Ngum Beverages||01-00056789|Thanon Asean 77|Vientiane|01010
LA|Luang Weaving House|ເຮືອນຕ່ຳແຜ່ນຫຼວງ|06-00067890|Ban Phanom 3|Luang Prabang|06000
LA|Khammouane Cement||12-00078901|Road 13 km 341|Thakhek|12000
LA|Sekong Rubber||15-00089012|Ban Mai 8|Sekong|15000
MM|Irrawaddy Pulses|ဧရာဝတီပဲမျိုးစုံ|100234567|No. 64 Strand Lane|Yangon|11182
MM|Shwe Garment|ရွှေအထည်ချုပ်|100345678|Industrial Zone 3 Lot 18|Yangon|11411
MM|Mandalay Sesame|မန္တလေးနှမ်း|100456789|35th Street 210|Mandalay|05071
MM|Dawei Fisheries|ထားဝယ်ငါးလုပ်ငန်း|100567890|Jetty Road 5|Dawei|14011
MM|Bago Rubber|ပဲခူးရော်ဘာ|100678901|Mile 51 Main Road|Bago|08011
MM|Inle Foods||100789012|Lake Road 12|Nyaungshwe|06221
MM|Pathein Rice|ပုသိမ်ဆန်|100890123|Mill Street 8|Pathein|10011
MM|Hlaing Wood Products||100901234|No. 7 Timber Yard|Yangon|11051
MY|Selat Palm Oils|Minyak Sawit Selat Sdn Bhd|201901012345|Lot 7 Jalan Perigi Nanas|Klang|42920
MY|Penang Circuits|Litar Pinang Sdn Bhd|201801023456|Plot 45 Bayan Baru Zone|Penang|11900
MY|Kinta Rubber Gloves||201701034567|Jalan Lahat 88|Ipoh|30200
MY|Johor Plastics|Plastik Johor Sdn Bhd|201601045678|PLO 19 Jalan Keluli|Johor Bahru|81700
MY|Sabah Timber Veneer||202001056789|Mile 5 Jalan Utara|Sandakan|90000
MY|Melaka Foods|Makanan Melaka Sdn Bhd|201501067890|Kawasan Perusahaan 4|Melaka|75350
MY|Kuching Pepper||201401078901|Jalan Rubber Lama 6|Kuching|93400
MY|Shah Alam Auto Parts||201301089012|Jalan Besi Waja 12|Shah Alam|40300
PH|Davao Fruit Growers|Magsasaka ng Prutas ng Davao|004-123-456-000|Km 12 Diversion Road|Davao|8000
PH|Cebu Wire Systems||005-234-567-000|Block 8 Export Zone|Lapu-Lapu|6015
PH|Laguna Electronics||006-345-678-000|Phase 2 Technopark Road|Santa Rosa|4026
PH|Mindanao Coconut Mills||007-456-789-000|Barangay Bugo 14|Cagayan de Oro|9000
PH|General Santos Tuna||008-567-890-000|Fishport Avenue 3|General Santos|9500
PH|Manila Furniture Works||009-678-901-000|112 Sampaloc Lane|Quezon City|1100
PH|Batangas Beverages||010-789-012-000|National Highway 40|Batangas|4200
PH|Subic Machinery||011-890-123-000|Building 77 Rizal Park Road|Olongapo|2200
SG|Lion Gate Chemicals||201912345K|21 Tuas Link West|Singapore|637001
SG|Straits Cocoa||201823456D|8 Pandan Loop Rise|Singapore|128222
SG|Merbau Precision||201734567H|50 Kallang Wharf Place|Singapore|339200
SG|Changi Semicon||201645678M|14 Loyang Crescent North|Singapore|509013
SG|Harbour Foods||201556789N|3 Senoko Lane South|Singapore|758100
SG|Equator Paints||201467890R|77 Gul Drive East|Singapore|629500
SG|Sembawang Petroleum Trading||201378901W|1 Harbour Point View|Singapore|098600
SG|Orchard Wellness||201289012Z|120 Lower Delta Walk|Singapore|169200
TH|Chao Phraya Rice|บริษัท ข้าวเจ้าพระยา จำกัด|0105556012345|99/1 Soi Rama 3 Lane 28|Bangkok|10120
TH|Siam Rubber Tech|บริษัท สยามยางเทค จำกัด|0105557023456|45 Moo 7 Bypass Road|Songkhla|90110
TH|Lanna Foods|บริษัท อาหารล้านนา จำกัด|0505558034567|18 Superhighway Road|Chiang Mai|50000
TH|Eastern Auto Systems|บริษัท อีสเทิร์นออโต้ซิสเต็มส์ จำกัด|0205559045678|700/88 Industrial Road|Chonburi|20000
TH|Isan Sugar|บริษัท น้ำตาลอีสาน จำกัด|0405550056789|12 Mittraphap Road|Khon Kaen|40000
TH|Ayutthaya Electronics|บริษัท อยุธยาอิเล็กทรอนิกส์ จำกัด|0145551067890|55 Moo 4 Hi-Tech Road|Ayutthaya|13160
TH|Andaman Seafood|บริษัท อาหารทะเลอันดามัน จำกัด|0835552078901|9 Pier Road|Phuket|83000
TH|Bang Na Cosmetics|บริษัท เครื่องสำอางบางนา จำกัด|0105553089012|321 Debaratana Lane|Bangkok|10260
VN|Highland Coffee Export|Công ty TNHH Xuất khẩu Cà phê Cao Nguyên|0301234567|12 Đường Hoa Ban|Ho Chi Minh City|700000
VN|Nine Dragons Seafood|Công ty Cổ phần Thủy sản Chín Rồng|1800345678|Lô 4 Khu công nghiệp Trà Nóc Mới|Can Tho|900000
VN|Red River Garments|Công ty May Sông Hồng Xanh|0100456789|88 Phố Dệt Lụa|Ha Noi|100000
VN|Lotus Electronics|Công ty TNHH Điện tử Hoa Sen|2300567890|Lô B7 Khu công nghiệp Bình Minh|Bac Ninh|220000
VN|Binh Duong Furniture|Công ty Nội thất Bình Dương Xanh|3700678901|45 Quốc lộ Mới|Thu Dau Mot|820000
VN|Central Cashew|Công ty Cổ phần Hạt điều Trung Tâm|3800789012|7 Đường Hạt Điều|Dong Xoai|830000
VN|Hai Phong Steel|Công ty Thép Cảng Hải Phòng Mới|0200890123|1 Đường Cầu Tàu|Hai Phong|180000
VN|Da Nang Footwear|Công ty Giày Biển Đông Xanh|0400901234|23 Đường Sóng Biển|Da Nang|550000
HK|Victoria Peak Sourcing||61234567|Unit 1902 Queen Lane Tower|Hong Kong|
JP|Sakura General Trading||1010001234567|2-14 Kaigan Dori|Yokohama|231-0002
KR|Hangang Commodities||110-81-23456|31 Gangbyeon-ro|Busan|48943
CH|Alpine Grain and Metals||CHE-123.456.789|Seestrasse 44|Zug|6300
AE|Dhow Merchants||TL-887766|Warehouse 12 Creek Road|Dubai|
TW|Formosa Components||24567890|9 Gongye 3rd Road|Taichung|407
"""


def _by_country() -> Mapping[str, tuple[Firm, ...]]:
    found: defaultdict[str, list[Firm]] = defaultdict(list)
    for line in _TABLE.strip().splitlines():
        firm = read_firm(line)
        found[firm.country].append(firm)
    return {country: tuple(firms) for country, firms in found.items()}


FIRMS: Mapping[str, tuple[Firm, ...]] = _by_country()
"""By country: the ten member states, and some others for third-country invoicing."""

AUTHORITIES: Mapping[str, tuple[str, str]] = {
    "BN": ("Ministry of Finance and Economy, Trade Division", "Bandar Seri Begawan"),
    "ID": ("Directorate General of Foreign Trade, Ministry of Trade", "Jakarta"),
    "KH": ("Ministry of Commerce", "Phnom Penh"),
    "LA": ("Ministry of Industry and Commerce", "Vientiane"),
    "MM": ("Ministry of Commerce", "Yangon"),
    "MY": ("Ministry of International Trade and Industry", "Kuala Lumpur"),
    "PH": ("Bureau of Customs", "Manila"),
    "SG": ("Singapore Customs", "Singapore"),
    "TH": ("Department of Foreign Trade", "Nonthaburi"),
    "VN": ("Ministry of Industry and Trade", "Ho Chi Minh City"),
}
"""Issuing authority of Form D and a place of issue, by state."""

EXHIBITIONS: tuple[tuple[str, str, str], ...] = (
    ("Borneo Green Goods Fair", "Bandar Seri Begawan", "BN"),
    ("Nusantara Craft Week", "Jakarta", "ID"),
    ("Mekong Food Show", "Phnom Penh", "KH"),
    ("Lan Xang Trade Days", "Vientiane", "LA"),
    ("Golden Land Expo", "Yangon", "MM"),
    ("Straits Machinery Exhibition", "Kuala Lumpur", "MY"),
    ("Islands Lifestyle Fair", "Manila", "PH"),
    ("Equator Technology Exhibition", "Singapore", "SG"),
    ("Siam Kitchen and Home Fair", "Bangkok", "TH"),
    ("Red River Industry Fair", "Ha Noi", "VN"),
)
"""Name, city and state; invented."""
