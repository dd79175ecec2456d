"""How often customers come back, until they silently leave: BG/NBD, MBG/NBD and Gamma-Gamma.

`x` is the number of repeat orders, `t_x` the time of the last and `age` the time now, both in weeks since the first.
BG/NBD: Fader, Hardie and Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005), 275-284.
MBG/NBD: Batislam, Denizel and Filiztekin, Int. J. of Research in Marketing 24 (2007), 201-209: a customer may also
leave after the first order. With `k` chances to have left, x in one and x + 1 in the other, both are one model.
Gamma-Gamma: Fader and Hardie, The Gamma-Gamma Model of Monetary Value (2013).

Parameters are (r, alpha, a, b) and (p, q, v). scipy is imported where something is computed: it takes half a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Parameters = Sequence[float] | Sequence[Array]

BG, MBG = 0, 1  # chances to leave before the first repeat order

LOWEST, HIGHEST = 1e-6, 1e4
STABLE = 1e-4

PURCHASE_STARTS = ((0.5, 5.0, 0.5, 2.0), (1.0, 10.0, 1.0, 1.0), (2.0, 30.0, 2.0, 6.0))
SPEND_STARTS = ((5.0, 4.0, 0.5), (1.0, 2.0, 1.0), (20.0, 10.0, 2.0))


@dataclass(frozen=True)
class Fit:
    """The best of three optima, and how far the log-likelihoods of the three lie apart."""

    parameters: tuple[float, ...]
    log_likelihood: float
    spread: float
    is_inside: bool

    @property
    def is_stable(self) -> bool:
        return self.spread <= STABLE


def fit_purchases(x: Array, t_x: Array, age: Array, chances: int) -> Fit:
    """(r, alpha, a, b) of BG/NBD or MBG/NBD, by maximum likelihood; equal customers are computed once."""
    (x, t_x, age), counts = _distinct(x, t_x, age)
    return _maximize(lambda at: _purchases(at, x, t_x, age, counts, chances), PURCHASE_STARTS, counts.sum())


def fit_spend(x: Array, mean: Array) -> Fit:
    """(p, q, v) of Gamma-Gamma, of customers with x > 0 and mean > 0; fitted in units of the average spend."""
    (x, mean), counts = _distinct(x, mean)
    unit = float((counts * mean).sum() / counts.sum())
    fit = _maximize(lambda at: _spend(at, x, mean / unit, counts), SPEND_STARTS, counts.sum())
    p, q, v = fit.parameters
    # A density per dollar instead of per unit.
    log_likelihood = fit.log_likelihood - float(counts.sum() * np.log(unit))
    return Fit((p, q, v * unit), log_likelihood, fit.spread, fit.is_inside)


def p_alive(parameters: Parameters, x: Array, t_x: Array, age: Array, chances: int) -> Array:
    """Probability that the customer has not left."""
    from scipy.special import expit

    r, alpha, a, b = parameters
    k = x + chances
    left = np.log(a) - np.log(np.where(k > 0, b + k - 1, 1)) + (r + x) * np.log((alpha + age) / (alpha + t_x))
    return np.where(k > 0, expit(-left), 1.0)


def expected_orders(
    parameters: Parameters, x: Array, t_x: Array, age: Array, chances: int, *, weeks: float | Array
) -> Array:
    """Orders expected in the next `weeks`; with x, t_x and age all 0, those of a new customer.

    The papers' hypergeometric function after Euler's transformation, which does not overflow for frequent customers.
    """
    from scipy.special import hyp2f1

    r, alpha, a, b = parameters
    # At a = 1 the formula is 0 / 0, and scipy's function fails where r - a is whole; both have a limit.
    whole = np.abs(r - a - np.round(r - a)) < 1e-9
    a = np.where((np.abs(a - 1) < 1e-6) | whole, a + 2e-6, a)
    c = a + b + x + chances - 1
    gone = weeks / (alpha + age + weeks)
    lasting = (1 - gone) ** (a - 1) * hyp2f1(c - r - x, a - 1, c, gone)
    return p_alive(parameters, x, t_x, age, chances) * c / (a - 1) * (1 - lasting)


def expected_spend(parameters: Parameters, x: Array, mean: Array) -> Array:
    """Spend expected per order; with x = 0 that of a new customer, p v / (q - 1)."""
    p, q, v = parameters
    return p * (v + x * mean) / (p * x + q - 1)


def discounted_orders(
    parameters: Parameters,
    x: Array,
    t_x: Array,
    age: Array,
    chances: int,
    *,
    steps: int = 12,
    step: float,
    rate: float,
) -> Array:
    """Orders expected in each of `steps` periods of `step` weeks, discounted at `rate` a period; times spend, CLV."""
    so_far = total = np.zeros(len(x))
    for period in range(1, steps + 1):
        by_then = expected_orders(parameters, x, t_x, age, chances, weeks=period * step)
        total = total + (by_then - so_far) / (1 + rate) ** period
        so_far = by_then
    return total


def _purchases(
    parameters: Array, x: Array, t_x: Array, age: Array, counts: Array, chances: int
) -> tuple[float, Array]:
    """Log-likelihood and its gradient."""
    from scipy.special import betaln, digamma, expit, gammaln

    r, alpha, a, b = parameters
    k = x + chances
    before = np.where(k > 0, b + k - 1, 1.0)
    log_now, log_last = np.log(alpha + age), np.log(alpha + t_x)
    stayed = -(r + x) * log_now
    left = np.where(k > 0, np.log(a / before) - (r + x) * log_last, -np.inf)
    rows = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + k) - betaln(a, b)
    rows = rows + np.logaddexp(stayed, left)
    w = expit(left - stayed)
    both = digamma(a + b) - digamma(a + b + k)
    by_r = digamma(r + x) - digamma(r) + np.log(alpha) - (1 - w) * log_now - w * log_last
    by_alpha = r / alpha - (r + x) * ((1 - w) / (alpha + age) + w / (alpha + t_x))
    by_b = digamma(b + k) - digamma(b) + both - w / before
    gradient = [(counts * by).sum() for by in (by_r, by_alpha, both + w / a, by_b)]
    return float((counts * rows).sum()), np.array(gradient)


def _spend(parameters: Array, x: Array, mean: Array, counts: Array) -> tuple[float, Array]:
    """Log-likelihood and its gradient."""
    from scipy.special import digamma, gammaln

    p, q, v = parameters
    shape, total = p * x, x * mean
    log_all = np.log(total + v)
    rows = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(v)
    rows = rows + shape * np.log(total) - np.log(mean) - (shape + q) * log_all
    by_p = x * (digamma(shape + q) - digamma(shape) + np.log(total) - log_all)
    by_q = digamma(shape + q) - digamma(q) + np.log(v) - log_all
    by_v = q / v - (shape + q) / (total + v)
    return float((counts * rows).sum()), np.array([(counts * by).sum() for by in (by_p, by_q, by_v)])


def _maximize(
    log_likelihood: Callable[[Array], tuple[float, Array]], starts: Sequence[Sequence[float]], n: float
) -> Fit:
    """Searches over the parameters' logarithms, from each start."""
    from scipy.optimize import minimize

    def objective(logs: Array) -> tuple[float, Array]:
        value, gradient = log_likelihood(np.exp(logs))
        return -value / n, -gradient * np.exp(logs) / n

    found = [
        minimize(
            objective,
            np.log(start),
            jac=True,
            method="L-BFGS-B",
            bounds=[(np.log(LOWEST), np.log(HIGHEST))] * len(start),
            options={"ftol": 1e-15, "gtol": 1e-9, "maxcor": 20, "maxiter": 500},
        )
        for start in starts
    ]
    values = [-float(one.fun) * n for one in found]
    best = found[int(np.argmax(values))]
    margin = 1e-3
    is_inside = bool(np.all((best.x > np.log(LOWEST) + margin) & (best.x < np.log(HIGHEST) - margin)))
    return Fit(
        tuple(map(float, np.exp(best.x))), float(max(values)), float(max(values) - min(values)), is_inside
    )


def _distinct(*columns: Array) -> tuple[list[Array], Array]:
    """Each combination once, in order, and how often it occurs."""
    rows, counts = np.unique(np.column_stack(columns).astype(np.float64), axis=0, return_counts=True)
    return list(rows.T.copy()), counts.astype(np.float64)
