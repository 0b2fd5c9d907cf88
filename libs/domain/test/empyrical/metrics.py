"""Metrics of series of daily returns by empyrical-reloaded: JSON in, JSON out. NaN and infinite become null."""

import json
import math
import sys
import warnings

import empyrical
import numpy as np

warnings.filterwarnings("ignore")
np.seterr(all="ignore")

PERIODS = 365


def finite(value):
    number = float(value)
    return number if math.isfinite(number) else None


def metrics(returns):
    series = np.array(returns, dtype=float)
    return {
        "roi": finite(empyrical.cum_returns_final(series)),
        "maxDrawdown": finite(empyrical.max_drawdown(series)),
        "sharpe": finite(empyrical.sharpe_ratio(series, annualization=PERIODS)),
        "sortino": finite(empyrical.sortino_ratio(series, annualization=PERIODS)),
        "calmar": finite(empyrical.calmar_ratio(series, annualization=PERIODS)),
        "volatility": finite(empyrical.annual_volatility(series, annualization=PERIODS)),
    }


json.dump([metrics(returns) for returns in json.load(sys.stdin)], sys.stdout)
