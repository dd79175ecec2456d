"""How cassettes are cut and played: bodies readable, nothing secret, each saying where it was recorded."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import vcr
import yaml

from tests.support.scrubbing import Scrubber

FOLDER = Path(__file__).parents[1] / "cassettes"
MATCH_ON = ("method", "scheme", "host", "path", "query", "body")


def recorder(scrubber: Scrubber, source: str) -> vcr.VCR:
    """Records anew; `source` is where from."""
    cassettes = _vcr("all", source)
    cassettes.before_record_request = scrubber.request
    cassettes.before_record_response = scrubber.response
    return cassettes


def player() -> vcr.VCR:
    """Plays what was recorded and knows nothing else."""
    cassettes = _vcr("none", "")
    cassettes.before_record_request = Scrubber().request
    return cassettes


def _vcr(record_mode: str, source: str) -> vcr.VCR:
    cassettes = vcr.VCR(
        cassette_library_dir=str(FOLDER),
        path_transformer=vcr.VCR.ensure_suffix(".yaml"),
        serializer="readable",
        record_mode=vcr.mode(record_mode),
        match_on=MATCH_ON,
        decode_compressed_response=True,
    )
    cassettes.register_serializer("readable", _serializer(source))
    return cassettes


def _serializer(source: str) -> SimpleNamespace:
    def serialize(cassette: dict[str, Any]) -> str:
        return yaml.safe_dump(
            {"recorded_from": source, **cassette}, width=110, allow_unicode=True, sort_keys=False
        )

    return SimpleNamespace(serialize=serialize, deserialize=yaml.safe_load)
