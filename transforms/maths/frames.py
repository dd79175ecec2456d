"""Frames of single companies or groups put together to one table."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd


def stacked(parts: Sequence[pd.DataFrame], columns: Collection[str]) -> pd.DataFrame:
    """The parts one below the other, with these columns in their order; empty where there are none."""
    names = list(columns)
    return pd.concat(parts, ignore_index=True)[names] if parts else pd.DataFrame(columns=names)
