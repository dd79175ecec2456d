"""What was made of the same input by the same code is not made again: rows that carry a fingerprint of both."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Sequence
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COLUMN = "input_fingerprint"


def of(*inputs: str | NDArray[np.float64], code: Sequence[ModuleType]) -> str:
    """A fingerprint of the inputs, and of the modules that make rows of them."""
    found = hashlib.blake2b(_of_code(tuple(code)), digest_size=16)
    for one in inputs:
        data = one.encode() if isinstance(one, str) else np.ascontiguousarray(one).tobytes()
        found.update(len(data).to_bytes(8, "big") + data)
    return found.hexdigest()


def kept(before: pd.DataFrame | None, per: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The rows of the last build by their fingerprint, each once where several had one, told apart by `per`."""
    if before is None:
        return {}
    rows = before.astype(object).where(before.notna(), None).to_dict("records")
    groups: dict[str, dict[tuple[Any, ...], list[dict[str, Any]]]] = {}
    for row in rows:
        groups.setdefault(row[COLUMN], {}).setdefault(tuple(row[name] for name in per), []).append(
            {str(name): value for name, value in row.items()}
        )
    return {fingerprint: next(iter(found.values())) for fingerprint, found in groups.items()}


@lru_cache
def _of_code(modules: tuple[ModuleType, ...]) -> bytes:
    return "".join(inspect.getsource(module) for module in modules).encode()
