"""One archive of a data folder: a tar with a manifest first and a seal over every byte last.

It is written, verified and unpacked in pieces, so that memory stays flat. Any `tar` lists and unpacks it, too.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import IO

import msgspec
from pendulum import DateTime

from pipelines.base.errors import QuickduckError
from pipelines.base.files import replace_durably, sync, write_durably
from pipelines.workspace.own_lists import FILES

FORMAT = 1
MANIFEST = "manifest.json"
SEAL_BYTES = 65
CHUNK = 1 << 20
HELD = re.compile(
    rf"warehouse\.duckdb|hash\.key|{'|'.join(map(re.escape, FILES))}"
    r"|analytics\.duckdb|published/analytics-[0-9TZ.]+\.duckdb"
    r"|embedded/world\.json|embedded/books-[0-9]+/[0-9]+/[A-Za-z]+\.jsonl?"
)
"""Every name a backup may hold: no other leaves the archive, so that none reaches a token or another folder."""


class ArchiveRefused(QuickduckError):
    """A file is no backup, or it is not as it was made."""


class Member(msgspec.Struct, frozen=True):
    """One file: its size in bytes and its SHA-256."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive holds, and where it comes from."""

    format: int
    quickduck: str
    environment: str
    made_at: datetime
    files: dict[str, Member]


def write(target: Path, files: Mapping[str, Path], *, environment: str, made_at: DateTime) -> None:
    """Writes the archive aside, reads it back and gives it its name; a failure leaves nothing behind.

    Raises ArchiveRefused when what was read back is not what went in.
    """
    manifest = Manifest(
        format=FORMAT,
        quickduck=version("quickduck"),
        environment=environment,
        made_at=datetime.fromisoformat(made_at.isoformat()),
        files={name: _member(file) for name, file in files.items()},
    )
    aside = target.with_name(f".{target.name}.new")
    try:
        with open(aside, "w+b", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                _add(tar, MANIFEST, BytesIO(encoded := msgspec.json.encode(manifest)), len(encoded), made_at)
                for name, source in files.items():
                    with open(source, "rb") as content:
                        _add(tar, name, content, manifest.files[name].size, made_at)
            length = file.tell()
            file.seek(0)
            seal = _digest(file, length)
            file.write(f"{seal}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        verify(aside)
        replace_durably(aside, target)
    finally:
        aside.unlink(missing_ok=True)


def verify(archive: Path) -> Manifest:
    """Compares every checksum and returns the manifest. Raises ArchiveRefused, in a sentence that says why."""
    with open(archive, "rb") as file:
        length = archive.stat().st_size - SEAL_BYTES
        if length < 0 or f"{_digest(file, length)}\n".encode() != file.read():
            raise ArchiveRefused(
                f"{archive} is no backup made by quickduck, or it was cut off or damaged: its checksum is wrong. "
                "Nothing was changed; try another one."
            )
    with _opened(archive) as tar:
        manifest, members = _contents(archive, tar)
        for member in members:
            content = tar.extractfile(member)
            stated = manifest.files[member.name]
            if content is None or Member(member.size, _digest(content, member.size)) != stated:
                raise ArchiveRefused(
                    f"{archive} is damaged: {member.name} is not what its manifest says. "
                    "Nothing was changed; try another one."
                )
    return manifest


def unpack(archive: Path, folder: Path) -> None:
    """Puts the files of a verified archive and its manifest into a new folder; on return all is on disk."""
    folder.mkdir(mode=0o700)
    with _opened(archive) as tar:
        manifest, members = _contents(archive, tar)
        for member in members:
            target = folder / member.name
            for parent in reversed(target.relative_to(folder).parents):
                (folder / parent).mkdir(mode=0o700, exist_ok=True)
            content = tar.extractfile(member)
            with open(target, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                if content:
                    shutil.copyfileobj(content, file, CHUNK)
                file.flush()
                os.fsync(file.fileno())
    write_durably(folder / MANIFEST, msgspec.json.encode(manifest))
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            sync(path)


def read_manifest(folder: Path) -> Manifest:
    """The manifest in a folder that an archive was unpacked into."""
    return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)


def _contents(archive: Path, tar: tarfile.TarFile) -> tuple[Manifest, list[tarfile.TarInfo]]:
    """The manifest and the members it lists; an archive that holds any other is refused."""
    first, *members = tar.getmembers() or [tarfile.TarInfo()]
    manifest = _manifest(archive, tar.extractfile(first) if first.name == MANIFEST else None)
    for member in members:
        if member.type != tarfile.REGTYPE or not HELD.fullmatch(member.name):
            raise ArchiveRefused(
                f"{archive} holds {member.name!r}, which no backup holds. Nothing was changed; do not trust it."
            )
    if sorted(member.name for member in members) != sorted(manifest.files):
        raise ArchiveRefused(
            f"{archive} does not hold the files that its manifest lists. Nothing was changed; try another one."
        )
    return manifest, members


def _manifest(archive: Path, content: IO[bytes] | None) -> Manifest:
    try:
        manifest = msgspec.json.decode(content.read() if content else b"", type=dict)
        if manifest.get("format") == FORMAT:
            return msgspec.convert(manifest, Manifest)
    except msgspec.DecodeError as error:
        raise ArchiveRefused(
            f"{archive} has no manifest that can be read ({error}). Nothing was changed; try another one."
        ) from None
    raise ArchiveRefused(
        f"{archive} is a backup of format {manifest.get('format')!r}, made by quickduck {manifest.get('quickduck')}; "
        f"this one reads format {FORMAT}. Nothing was changed; restore it with that version."
    )


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive, mode="r:") as tar:
            yield tar
    except tarfile.TarError as error:
        raise ArchiveRefused(
            f"{archive} is not a tar archive that can be read ({error}). Nothing was changed; try another one."
        ) from error


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int, at: DateTime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, at.int_timestamp
    tar.addfile(member, content)


def _member(file: Path) -> Member:
    size = file.stat().st_size
    with open(file, "rb") as content:
        return Member(size, _digest(content, size))


def _digest(content: IO[bytes], length: int) -> str:
    """The SHA-256 of the next `length` bytes."""
    digest = hashlib.sha256()
    while length > 0 and (chunk := content.read(min(CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)
    return digest.hexdigest()
