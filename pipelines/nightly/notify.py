"""Tells somebody that a run failed: by a command of theirs, or by posting to a webhook."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from pipelines.base.errors import ConfigurationError
from pipelines.connect.keys import VARIABLE
from pipelines.quickbooks.session import is_loopback, new_session
from pipelines.workspace.settings import SECTION, configured

SECONDS = 30
LONGEST = 1000
SECRET_VARIABLES = (VARIABLE, "SOURCES__QUICKBOOKS__")


@dataclass(frozen=True)
class Failure:
    """A run that failed; `reasons` is a sentence per company, by its id, or under "" where none could be asked."""

    exit_code: int
    reasons: Mapping[str, str]
    run_id: str = ""

    @property
    def text(self) -> str:
        """All of it in one line, as chats show it."""
        sentences = [
            f"company {company}: {_short(why)}" if company else _short(why)
            for company, why in self.reasons.items()
        ]
        return f"quickduck run ended with exit code {self.exit_code}: {' '.join(sentences)}"

    @property
    def message(self) -> dict[str, object]:
        """What is posted, and what the command reads on its standard input."""
        return {
            "text": self.text,
            "exit_code": self.exit_code,
            "run_id": self.run_id,
            "companies": [
                {"company": company, "sentence": _short(why)}
                for company, why in self.reasons.items()
                if company
            ],
        }


def tell(failure: Failure) -> list[str]:
    """Tells it by each way that is set, once, and says how that went; a notice that fails fails nothing else."""
    answers = []
    if command := configured("on_failure_command"):
        answers.append(_run(str(command), failure))
    if url := configured("on_failure_url"):
        answers.append(_post(str(url), failure))
    return answers


def tried() -> list[str]:
    """Tells of a failure that did not happen. Raises ConfigurationError where nothing is set."""
    if answers := tell(Failure(0, {"": "This is a trial; no run has failed."})):
        return answers
    raise ConfigurationError(
        f"Nobody would be told: set {SECTION}.on_failure_command in .dlt/config.toml, or on_failure_url in "
        ".dlt/secrets.toml."
    )


def safe_webhook(url: str) -> str:
    """The address. Raises ConfigurationError, which does not repeat it, for most of them hold a secret."""
    if urlsplit(url).scheme != "https" and not is_loopback(url):
        raise ConfigurationError(
            f"{SECTION}.on_failure_url is no https address: the notice tells of people's books."
        )
    return url


def _run(command: str, failure: Failure) -> str:
    """The shell runs it without the variables that hold secrets."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(SECRET_VARIABLES)}
    try:
        done = subprocess.run(
            command,
            shell=True,
            input=json.dumps(failure.message, ensure_ascii=False),
            text=True,
            env=environment
            | {"QUICKDUCK_EXIT_CODE": str(failure.exit_code), "QUICKDUCK_NOTICE": failure.text},
            timeout=SECONDS,
            capture_output=True,
        )
    except subprocess.TimeoutExpired:
        return f"The on_failure_command was stopped after {SECONDS} seconds."
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        return f"The on_failure_command failed with {done.returncode}: {''.join(last) or 'it said nothing'}"
    return "The on_failure_command was told."


def _post(url: str, failure: Failure) -> str:
    """Posts the notice, and tries again only if there was no connection, so that nobody gets it twice."""
    host = urlsplit(url).hostname
    try:
        with new_session(safe_webhook(url)) as session:
            retries = Retry(connect=2, read=0, redirect=0, status=0, other=0, backoff_factor=0.5)
            session.mount(url, HTTPAdapter(max_retries=retries))
            answer = session.post(url, json=failure.message, timeout=SECONDS, allow_redirects=False)
    except ConfigurationError as error:
        return str(error)
    except requests.RequestException as error:
        return f"{host} was not told of it: {type(error).__name__}."
    if answer.status_code >= 300:
        return f"{host} was told of it and answered HTTP {answer.status_code}."
    return f"{host} was told of it."


def _short(sentence: str) -> str:
    """Chats refuse long messages; the whole sentence stays in ops.runs."""
    return sentence if len(sentence) <= LONGEST else f"{sentence[:LONGEST]} …"
