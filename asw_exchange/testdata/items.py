"""Goods items whose figures agree: packages times contents is the quantity, weight and value follow."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from asw_exchange.codec.values import FORM_D_CRITERION
from asw_exchange.model import Amount, Item, OriginCriterion, OriginRule, Packages, Quantity
from asw_exchange.testdata.firms import FIRMS
from asw_exchange.testdata.goods import GOODS, Good
from asw_exchange.testdata.seeds import pick

FOB_STATES = frozenset({"KH", "ID", "LA"})
"""Form D, overleaf note 10."""

_CENT, _GRAM = Decimal("0.01"), Decimal("0.001")
_LEAST_VALUE = Decimal(2000)
"""A consignment worth a certificate (OCP Rule 15 asks for none up to USD 200)."""


def needs_fob(criterion: OriginCriterion, issuer: str, importer: str) -> bool:
    """Tell whether box 9 carries the FOB price: value content is used, and one of three states takes part."""
    return criterion.percentage is not None and bool(FOB_STATES & {issuer, importer})


def goods_of(state: str, *, changed: bool = False) -> tuple[Good, ...]:
    """Return what a state exports; ``changed``: goods that undergo a change of tariff class."""
    found = tuple(good for good in GOODS if state in good.exporters)
    if changed:
        found = tuple(good for good in found if _changing(good))
    return found


def _changing(good: Good) -> tuple[str, ...]:
    return tuple(text for text in good.criteria if text.startswith(("CC", "CTH", "CTSH")))


def item(
    chance: Random,
    number: int,
    good: Good,
    *,
    issuer: str,
    importer: str,
    producer: str | None = None,
    criterion: OriginCriterion | None = None,
    changed: bool = False,
) -> Item:
    """Make one item of ``good``. ``producer`` is the state it was made in, where that is not the issuer."""
    count = _packages(chance, good)
    quantity = Decimal(count * good.per_package)
    texts = _changing(good) if changed else good.criteria
    rule: OriginCriterion = criterion or FORM_D_CRITERION.read(pick(chance, texts))
    maker = pick(chance, FIRMS[producer or issuer])
    return Item(
        number=number,
        marks=pick(
            chance,
            ("N/M", f"LOT {chance.randrange(1, 900):03}", f"{maker.name.split()[0].upper()} 1-{count}"),
        ),
        packages=(Packages(count=count, type=good.package),),
        description=f"{good.description}; {quantity} {good.unit}",
        quantity=Quantity(value=quantity, unit=good.unit),
        hs_code=good.ahtn,
        manufacturer=(chance.randrange(4) == 0 and maker.local_name) or maker.name,
        trademark=good.trademark,
        origin_criterion=rule,
        gross_weight=Quantity(value=(quantity * good.weight).quantize(_GRAM), unit="KGM"),
        fob=_fob(chance, good, quantity) if needs_fob(rule, issuer, importer) else None,
    )


def _packages(chance: Random, good: Good) -> int:
    """Return a number of packages that is worth shipping."""
    least = int(_LEAST_VALUE / (good.price * good.per_package)) + 1
    return least * chance.randrange(1, 4) + chance.randrange(0, 60)


def _fob(chance: Random, good: Good, quantity: Decimal) -> Amount:
    price = good.price * Decimal(chance.randrange(90, 111)) / 100
    return Amount(value=(quantity * price).quantize(_CENT), currency="USD")


def cumulated(chance: Random) -> OriginCriterion:
    """Return a partial-cumulation criterion, 20 to 39 per cent (ATIGA Annex 6)."""
    return OriginCriterion(rule=OriginRule.PARTIAL_CUMULATION, percentage=Decimal(chance.randrange(20, 40)))
