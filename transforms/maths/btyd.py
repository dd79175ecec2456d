"""How often customers come back, until they silently leave: BG/NBD, MBG/NBD and Gamma-Gamma; NBD where nobody leaves.

`x` is the number of repeat orders, `t_x` the time of the last and `age` the time now, both in weeks since the first.
BG/NBD: Fader, Hardie and Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005), 275-284.
MBG/NBD: Batislam, Denizel and Filiztekin, Int. J. of Research in Marketing 24 (2007), 201-209: a customer may also
leave after the first order. With `k` chances to have left, x in one and x + 1 in the other, both are one model.
Gamma-Gamma: Fader and Hardie, The Gamma-Gamma Model of Monetary Value (2013).
NBD: Ehrenberg, The Pattern of Consumer Purchases, Applied Statistics 8 (1959), 26-41. It is MBG/NBD with a = 0, and is
given as such: p_alive is 1, and (r + x) / (alpha + age) orders are expected a week.

Parameters are (r, alpha, a, b) and (p, q, v). scipy is imported where something is computed: it takes half a second.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Parameters = Sequence[float] | Sequence[Array]

BG, MBG = 0, 1  # chances to leave before the first repeat order

LOWEST, HIGHEST = 1e-6, 1e4
STABLE = 1e-4
EDGE = 1e-3  # of a logarithm: a parameter this near to a bound counts as at it

PURCHASE_STARTS = ((0.5, 5.0, 0.5, 2.0), (1.0, 10.0, 1.0, 1.0), (2.0, 30.0, 2.0, 6.0))
FREQUENCY_STARTS = ((0.5, 5.0), (1.0, 10.0), (2.0, 30.0))
SPEND_STARTS = ((5.0, 4.0, 0.5), (1.0, 2.0, 1.0), (20.0, 10.0, 2.0))


@dataclass(frozen=True)
class Fit:
    """The best of three optima and how far their log-likelihoods lie apart, or the first one that is not valid."""

    parameters: tuple[float, ...]
    log_likelihood: float
    spread: float
    is_inside: bool

    @property
    def is_stable(self) -> bool:
        return self.spread <= STABLE


def fit_purchases(x: Array, t_x: Array, age: Array, chances: int) -> Fit:
    """Fits (r, alpha, a, b) of BG/NBD or MBG/NBD by maximum likelihood, computing equal customers once."""
    (x, t_x, age), counts = _distinct(x, t_x, age)
    return _maximize(
        lambda at: _purchases(at, x, t_x, age, counts, chances), PURCHASE_STARTS, float(counts.sum())
    )


def fit_frequencies(x: Array, age: Array) -> Fit:
    """Fits NBD by maximum likelihood: (r, alpha, 0, 1), an MBG/NBD whose customers never leave.

    Where customers differ no more than by chance, r and alpha are at their bound and all have one rate: that is valid.
    """
    (x, age), counts = _distinct(x, age)
    fit = _maximize(lambda at: _frequencies(at, x, age, counts), FREQUENCY_STARTS, float(counts.sum()))
    return replace(fit, parameters=(*fit.parameters, 0.0, 1.0))


def fit_spend(x: Array, mean: Array) -> Fit:
    """Fits (p, q, v) of Gamma-Gamma to customers with x > 0 and mean > 0, in units of the average spend."""
    (x, mean), counts = _distinct(x, mean)
    unit = float((counts * mean).sum() / counts.sum())
    fit = _maximize(lambda at: _spend(at, x, mean / unit, counts), SPEND_STARTS, float(counts.sum()))
    p, q, v = fit.parameters
    # The density is per dollar, not per unit.
    log_likelihood = fit.log_likelihood - float(counts.sum() * np.log(unit))
    return Fit((p, q, v * unit), log_likelihood, fit.spread, fit.is_inside)


def p_alive(parameters: Parameters, x: Array, t_x: Array, age: Array, chances: int) -> Array:
    """The probability that the customer has not left."""
    from scipy.special import expit

    r, alpha, a, b = parameters
    k = x + chances
    can_leave = (k > 0) & (np.asarray(a) > 0)
    log_a = np.log(np.where(can_leave, a, 1.0))
    left = log_a - np.log(np.where(k > 0, b + k - 1, 1)) + (r + x) * np.log((alpha + age) / (alpha + t_x))
    return np.where(can_leave, expit(-left), 1.0)


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
    passed = weeks / (alpha + age + weeks)
    with np.errstate(over="ignore", invalid="ignore"):
        lasting = np.array((1 - passed) ** (a - 1) * hyp2f1(c - r - x, a - 1, c, passed))
    overflowed = ~np.isfinite(lasting)
    if overflowed.any():
        arguments = np.broadcast_arrays(a - 1, b + x + chances, weeks / (alpha + age), r + x)
        lasting[overflowed] = _lasting(*(one[overflowed] for one in arguments))
    return p_alive(parameters, x, t_x, age, chances) * c / (a - 1) * (1 - lasting)


def _lasting(leaving: Array, staying: Array, ratio: Array, shape: Array) -> Array:
    """The mean of (1 + p ratio) ** -shape over the beta distribution of p, which the hypergeometric function is.

    The function overflows where all customers leave at nearly one rate; this mean over quantiles has five right digits.
    """
    from scipy.special import betaincinv

    nodes, weights = np.polynomial.legendre.leggauss(32)
    p = betaincinv(leaving[:, None], staying[:, None], (nodes + 1) / 2)
    return np.asarray((1 + p * ratio[:, None]) ** -shape[:, None] @ weights / 2)


def expected_spend(parameters: Parameters, x: Array, mean: Array) -> Array:
    """The spend expected per order; with x = 0 that of a new customer, p v / (q - 1)."""
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
    """The orders expected in each of `steps` periods of `step` weeks, discounted at `rate`; times spend it is CLV."""
    so_far = total = np.zeros(len(x))
    for period in range(1, steps + 1):
        by_then = expected_orders(parameters, x, t_x, age, chances, weeks=period * step)
        total = total + (by_then - so_far) / (1 + rate) ** period
        so_far = by_then
    return total


def _purchases(
    parameters: Array, x: Array, t_x: Array, age: Array, counts: Array, chances: int
) -> tuple[float, Array]:
    """The log-likelihood and its gradient; terms of x alone take the time, and are computed once for each x."""
    from scipy.special import betaln, digamma, expit, gammaln

    r, alpha, a, b = parameters
    k = x + chances
    before = np.where(k > 0, b + k - 1, 1.0)
    log_now, log_last = np.log(alpha + age), np.log(alpha + t_x)
    stayed = -(r + x) * log_now
    left = np.where(k > 0, np.log(a / before) - (r + x) * log_last, -np.inf)
    w = expit(left - stayed)
    value = (counts * np.logaddexp(stayed, left)).sum()
    by_r = -(counts * ((1 - w) * log_now + w * log_last)).sum()
    by_alpha = -(counts * (r + x) * ((1 - w) / (alpha + age) + w / (alpha + t_x))).sum()
    by_a, by_b = (counts * w).sum() / a, -(counts * w / before).sum()

    n = counts.sum()
    each, at = np.unique(x, return_inverse=True)
    times = np.bincount(at, counts)
    k = each + chances
    value += (times * (gammaln(r + each) + betaln(a, b + k))).sum()
    value += n * (r * np.log(alpha) - gammaln(r) - betaln(a, b))
    by_r += (times * digamma(r + each)).sum() + n * (np.log(alpha) - digamma(r))
    both = n * digamma(a + b) - (times * digamma(a + b + k)).sum()
    by_b += (times * digamma(b + k)).sum() - n * digamma(b) + both
    return float(value), np.array([by_r, by_alpha + n * r / alpha, by_a + both, by_b])


def _frequencies(parameters: Array, x: Array, age: Array, counts: Array) -> tuple[float, Array]:
    """The log-likelihood of NBD and its gradient."""
    from scipy.special import digamma, gammaln

    r, alpha = parameters
    log_now, n = np.log(alpha + age), counts.sum()
    value = (counts * (gammaln(r + x) - (r + x) * log_now)).sum() + n * (r * np.log(alpha) - gammaln(r))
    by_r = (counts * (digamma(r + x) - log_now)).sum() + n * (np.log(alpha) - digamma(r))
    by_alpha = n * r / alpha - (counts * (r + x) / (alpha + age)).sum()
    return float(value), np.array([by_r, by_alpha])


def _spend(parameters: Array, x: Array, mean: Array, counts: Array) -> tuple[float, Array]:
    """The log-likelihood and its gradient; here too, terms of x alone are computed once for each x."""
    from scipy.special import digamma, gammaln

    p, q, v = parameters
    total = x * mean
    log_all = np.log(total + v)
    value = (counts * (p * x * np.log(total) - np.log(mean) - (p * x + q) * log_all)).sum()
    by_p = (counts * x * (np.log(total) - log_all)).sum()
    by_q = -(counts * log_all).sum()
    by_v = -(counts * (p * x + q) / (total + v)).sum()

    n = counts.sum()
    each, at = np.unique(x, return_inverse=True)
    times = np.bincount(at, counts)
    slope = times * digamma(p * each + q)
    value += (times * (gammaln(p * each + q) - gammaln(p * each))).sum() + n * (q * np.log(v) - gammaln(q))
    by_p += (each * (slope - times * digamma(p * each))).sum()
    by_q += slope.sum() + n * (np.log(v) - digamma(q))
    return float(value), np.array([by_p, by_q, by_v + n * q / v])


def _maximize(
    log_likelihood: Callable[[Array], tuple[float, Array]], starts: Sequence[Sequence[float]], n: float
) -> Fit:
    """Searches over the parameters' logarithms, from each start while they lead to one optimum within bounds."""
    # Its linear algebra has so few numbers that OpenBLAS's threads wait for each other: 1.7 s instead of 0.03.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from scipy.optimize import minimize

    def objective(logs: Array) -> tuple[float, Array]:
        value, gradient = log_likelihood(np.exp(logs))
        return -value / n, -gradient * np.exp(logs) / n

    low, high = np.log(LOWEST), np.log(HIGHEST)
    optima: list[Fit] = []
    for start in starts:
        optimum = minimize(
            objective,
            np.log(start),
            jac=True,
            method="L-BFGS-B",
            bounds=[(low, high)] * len(start),
            options={"ftol": 1e-14, "gtol": 1e-8, "maxcor": 20, "maxiter": 200},
        )
        value = -float(optimum.fun) * n
        values = [value, *(one.log_likelihood for one in optima)]
        is_inside = bool(np.all((optimum.x > low + EDGE) & (optimum.x < high - EDGE)))
        optima.append(Fit(tuple(map(float, np.exp(optimum.x))), value, max(values) - min(values), is_inside))
        if not optima[-1].is_inside or not optima[-1].is_stable:
            return optima[-1]
    best = max(optima, key=lambda one: one.log_likelihood)
    return replace(best, spread=optima[-1].spread)


def _distinct(*columns: Array) -> tuple[list[Array], Array]:
    """Each combination once, in order, and how often it occurs."""
    rows, counts = np.unique(np.column_stack(columns).astype(np.float64), axis=0, return_counts=True)
    return list(rows.T.copy()), counts.astype(np.float64)
