"""How long invoices take to be paid: one curve of a company, moved and stretched to the habits of each family.

Days are read on a logarithmic scale that begins at 30 days: below a month differences count, above it ratios. On this
scale each family has a mean and a spread of its own, drawn to the company's where few of its invoices are paid, and a
pace, by which open invoices count too: payments that came, divided by those the curve expected. What is left is the
same for all families, and is one curve (Kaplan and Meier, J. American Statistical Association 53 (1958), 457-481).
Beyond its last payments a curve knows nothing; there it goes on at the rate at which they came.
Shrinkage of means: Bühlmann, ASTIN Bulletin 4 (1967), 199-207.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SCALE_DAYS = 30
DECIMALS = 3
"""Of a position, a tenth of a day in 70: a curve has few steps, and an age meets the same one, however computed."""
LEAST_MEAN_PRIOR = 0.5
SPREAD_PRIOR = 10
PACE_PRIOR = 2
RECENT_PRIOR = 10
"""So many paid invoices at the company's habits are added to a family's own."""
LEAST_REPEATED = 5
TAIL_PAYMENTS = 10
WITHIN_DAYS = 365
"""An expected day is the middle of the payments that come within so many days."""


def position(days: Floats) -> Floats:
    """Where a number of days lies on the scale."""
    return np.asarray(np.log1p(days / SCALE_DAYS))


def days_at(position: Floats) -> Floats:
    """The number of days that lies there."""
    return np.asarray(SCALE_DAYS * np.expm1(position))


@dataclass(frozen=True)
class Curve:
    """The steps of a Kaplan-Meier curve, and the rate at which it goes on from its tail."""

    positions: Floats
    at_risk: Floats
    paid: Floats
    tail_from: float
    tail_rate: float

    @property
    def survival(self) -> Floats:
        """The share that is unpaid after each step, as the product-limit estimate has it."""
        return np.asarray(np.cumprod(np.maximum(0, 1 - self.paid / np.maximum(self.at_risk, self.paid))))

    @property
    def known(self) -> int:
        """The number of steps before the tail."""
        return int(np.searchsorted(self.positions, self.tail_from, side="right"))

    def counted(self, positions: Floats) -> Floats:
        """Payments of an invoice seen up to there that were to be expected (Nelson-Aalen); as many as came, in all."""
        summed = np.concatenate([[0.0], np.cumsum(self.paid / self.at_risk)])
        return np.asarray(summed[np.searchsorted(self.positions, positions, side="right")])

    def hazard(self, positions: Floats) -> Floats:
        """The negative logarithm of the survival."""
        reached = np.searchsorted(self.positions[: self.known], positions, side="right")
        return np.asarray(
            self._summed()[reached] + self.tail_rate * np.maximum(0, positions - self.tail_from)
        )

    def where(self, hazard: Floats) -> Floats:
        """The first position at which the hazard is so great."""
        summed = self._summed()
        steps = np.minimum(np.searchsorted(summed, hazard - 1e-9, side="left"), self.known)
        before = np.concatenate([[-np.inf], self.positions[: self.known]])[steps]
        return np.where(
            hazard - 1e-9 <= summed[-1], before, self.tail_from + (hazard - summed[-1]) / self.tail_rate
        )

    def _summed(self) -> Floats:
        """The hazard before each step and after the last one before the tail. Where all at risk were paid, it is as if
        one more had been at risk and was not."""
        paid, at_risk = self.paid[: self.known], self.at_risk[: self.known]
        shares = np.minimum(paid / at_risk, at_risk / (at_risk + 1))
        return np.concatenate([[0.0], np.cumsum(-np.log1p(-shares))])


def curve(positions: Floats, is_paid: Flags, weights: Floats) -> Curve:
    """The curve of invoices seen up to a position, at which they were paid or ceased to be seen.

    A weight is the pace of the invoice's family, which the curve leaves out. The tail begins where ten payments are
    left, or a quarter of them. Its rate is theirs over the time seen there, with one payment per unit of the scale
    added, so that an invoice of which nothing is known is as likely as not to be paid before it is twice as old.
    """
    order = np.lexsort((is_paid, weights, positions))
    return _curve(positions[order], is_paid[order], weights[order])


def _curve(positions: Floats, is_paid: Flags, weights: Floats) -> Curve:
    """The curve of invoices in the order of their positions."""
    places, first = np.unique(positions, return_index=True)
    paid = np.add.reduceat(is_paid.astype(np.float64), first) if len(first) else np.zeros(0)
    at_risk = np.cumsum(weights[::-1])[::-1][first]
    is_step = paid > 0
    places, paid, at_risk = places[is_step], paid[is_step], at_risk[is_step]
    left = paid.sum() - np.cumsum(paid)
    tail_from, payments = 0.0, 0.0
    if len(places):
        start = int(np.argmax(left <= min(TAIL_PAYMENTS, paid.sum() / 4)))
        tail_from, payments = float(places[start]), float(left[start])
    seen = float((weights * np.maximum(0, positions - tail_from)).sum())
    return Curve(
        places,
        at_risk,
        paid,
        tail_from,
        (payments + 1) / (seen + 1),
    )


@dataclass(frozen=True)
class Invoices:
    """Invoices still open after their first day, as they are known by the end of a day."""

    family: Integers
    age: Floats
    """Days until it was closed, or until that day."""
    recent_from: Floats
    """Days at which the recent past began for it, 0 where it began earlier, and its age where it was closed by then."""
    is_paid: Flags


@dataclass(frozen=True)
class Habits:
    """What families are like, each at its number: means and spreads on the scale, and paces."""

    paid: Floats
    company_mean: float
    weight: Floats
    mean: Floats
    spread: Floats
    pace: Floats
    recent_pace: Floats


def standard(position: Floats, mean: Floats, spread: Floats, company_mean: float | Floats) -> Floats:
    """Where an invoice of the company's own habits is as far as this one."""
    return np.round(company_mean + (position - mean) / spread, DECIMALS)


def habits(invoices: Invoices, families: int) -> Habits:
    """The habits of families numbered from 0; at least one invoice is paid. The order of the invoices is no matter."""
    order = np.lexsort((invoices.is_paid, invoices.recent_from, invoices.age, invoices.family))
    family, is_paid = invoices.family[order], invoices.is_paid[order]
    age, recent_from = invoices.age[order], invoices.recent_from[order]
    at = position(age)

    def by_family(values: Floats | Flags, which: Flags | None = None) -> Floats:
        of, counted = (family, values) if which is None else (family[which], values[which])
        return np.asarray(np.bincount(of, counted.astype(np.float64), minlength=families), np.float64)

    paid = by_family(is_paid)
    company_mean = float(at[is_paid].mean())
    off = at - company_mean
    own = by_family(off, is_paid) / np.maximum(paid, 1)
    squares = np.maximum(0, by_family(off**2, is_paid) - paid * own**2)
    several = int((paid > 0).sum())
    within = float(squares.sum()) / max(paid.sum() - several, 1)
    between = (float((paid * own**2).sum()) - (several - 1) * within) / max(
        paid.sum() - float((paid**2).sum()) / paid.sum(), 1e-9
    )
    # Families do not differ by more than their invoices do, or too few have several to tell.
    if several < 2 or paid.sum() - several < LEAST_REPEATED or between <= 0:
        weight = np.zeros(families)
    else:
        weight = paid / (paid + max(within / between, LEAST_MEAN_PRIOR))
    mean = company_mean + weight * own
    spread = np.ones(families)
    if within > 1e-12:
        spread = np.sqrt((squares / within + SPREAD_PRIOR) / (np.maximum(paid - 1, 0) + SPREAD_PRIOR))
    places = standard(at, mean[family], spread[family], company_mean)
    order = np.argsort(places, kind="stable")
    places, family, is_paid = places[order], family[order], is_paid[order]
    age, recent_from = age[order], recent_from[order]
    pace = np.ones(families)
    for _ in range(2):
        company = _curve(places, is_paid, pace[family])
        pace = (paid + PACE_PRIOR) / (np.bincount(family, company.counted(places), families) + PACE_PRIOR)
    company = _curve(places, is_paid, pace[family])
    is_late = age > recent_from  # what was closed before the recent past adds nothing to it
    family, age, recent_from, places = family[is_late], age[is_late], recent_from[is_late], places[is_late]
    began = standard(position(recent_from), mean[family], spread[family], company_mean)
    expected = company.counted(places) - np.where(recent_from > 0, company.counted(began), 0)
    recent_paid = np.bincount(family, is_paid[is_late], families)
    recent_pace = (recent_paid + RECENT_PRIOR) / (
        pace * np.bincount(family, expected, families) + RECENT_PRIOR
    )
    return Habits(paid, company_mean, weight, mean, spread, pace, recent_pace)


@dataclass(frozen=True)
class Open:
    """Open invoices: days since their date, and the habits of their families."""

    age: Floats
    mean: Floats
    spread: Floats
    pace: Floats
    company_mean: Floats

    def _standard(self, days: Floats) -> Floats:
        return standard(position(days), self.mean, self.spread, self.company_mean)

    def _hazard(self, company: Curve, days: int) -> Floats:
        now, then = (company.hazard(self._standard(self.age + ahead)) for ahead in (0, days))
        return np.asarray(self.pace * (then - now))

    def chance(self, company: Curve, days: int) -> Floats:
        """The probability of being paid within so many days."""
        return np.asarray(-np.expm1(-self._hazard(company, days)))

    def expected_days(self, company: Curve) -> Integers:
        """Days until half of those are paid that are paid within a year."""
        half = -np.log1p(-self.chance(company, WITHIN_DAYS) / 2)
        then = company.where(company.hazard(self._standard(self.age)) + half / self.pace)
        unit = 10.0**-DECIMALS
        then = (
            np.ceil(then / unit - 1e-6) - 0.5
        ) * unit  # from there on positions are rounded to it or beyond
        days = days_at(self.mean + (then - self.company_mean) * self.spread) - self.age
        return np.clip(np.ceil(days), 1, WITHIN_DAYS).astype(np.int64)
