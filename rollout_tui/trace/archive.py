"""A bundle that came packed: .zip, .tar, .tar.gz or .tgz, unpacked without trusting it.

Only regular files with plain names are taken out, as files of mode 0600 in folders of mode 0700. Links,
devices and names that lead elsewhere or hold control characters are left where they are. Sizes are
counted as the bytes come, not as the archive claims them.
"""

from __future__ import annotations

import gzip
import os
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import IO, cast

from rollout_tui.system_errors import is_without_room, reason_of
from rollout_tui.trace.bundle import BundleProblem, not_reachable, shown
from rollout_tui.trace.identity import SPINE_NAME

MIB = 1 << 20
SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
OTHER_SUFFIXES = (".bz2", ".tbz2", ".xz", ".txz", ".zst", ".7z", ".rar", ".gz")
"""Of archives that are not unpacked here."""

_EXPECTED = "expected a packed bundle"
_ELSEWHERE = "set TMPDIR to a folder with more room"
_PIECE = 256 << 10
# Directories and headers are read whole by the libraries, some in pieces; none of a real bundle is larger.
LARGEST_READ = 32 * MIB
# Names below a home folder and its `.codex` are long; a payload lies two steps below its bundle's folder.
_DEEPEST = 16
_LONGEST_NAME = 255
_ENCRYPTED = 1


@dataclass(frozen=True)
class Limits:
    """What an archive may grow to.

    `total_bytes` and `files`, folders among them, in all; `ratio` bytes for each byte of the archive, counted
    from `ratio_from_bytes` on (a small trace can pack very well).
    """

    total_bytes: int = 4096 * MIB
    files: int = 200_000
    ratio: int = 500
    ratio_from_bytes: int = 64 * MIB


def is_archive(path: Path) -> bool:
    """Whether the name is one of a packed bundle.

    Raises BundleProblem where it is one of an archive that is not unpacked here.
    """
    name = path.name.lower()
    if not name.endswith(SUFFIXES) and name.endswith(OTHER_SUFFIXES):
        raise BundleProblem(
            f"{shown(path)} is packed otherwise than {', '.join(SUFFIXES)}; unpack it yourself and open the "
            "folder"
        )
    return name.endswith(SUFFIXES)


@contextmanager
def unpacked(path: Path, limits: Limits | None = None, given_up: Callable[[], bool] = bool) -> Iterator[Path]:
    """What `open_archive` returns, in a private temporary folder that is removed afterwards.

    Raises BundleProblem.
    """
    try:
        private = TemporaryDirectory(prefix="rollout-tui-", ignore_cleanup_errors=True)
    except OSError as error:
        problem = f"{shown(path)} cannot be unpacked: no temporary folder, {reason_of(error)}; {_ELSEWHERE}"
        raise BundleProblem(problem) from error
    with private as folder:
        yield open_archive(path, Path(folder), limits, given_up)


def open_archive(
    path: Path, into: Path, limits: Limits | None = None, given_up: Callable[[], bool] = bool
) -> Path:
    """Unpack `path` into the folder `into`, which the caller removes, and return the bundle folder in it.

    Where there are several it is the folder of bundles around them; those that lie apart are put side by side
    into one. A bundle inside a bundle is part of it. Raises BundleProblem when the archive cannot be read,
    holds no bundle or grows beyond `limits`, and once `given_up` says so.
    """
    try:
        into.chmod(0o700)
        with path.open("rb") as file:
            budget = _Budget(path, os.fstat(file.fileno()).st_size, limits or Limits(), given_up)
            if path.name.lower().endswith(".zip"):
                _unpack_zip(file, into, budget)
            else:
                _unpack_tar(file, into, budget)
    except (
        OSError,
        EOFError,
        ValueError,
        RuntimeError,
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise not_reachable(
            path,
            error,
            what="unpacked",
            otherwise="damaged or of another kind",
            expected=_ELSEWHERE if is_without_room(error) else _EXPECTED,
        ) from error
    return _bundle_inside(path, into, budget.left_out)


class _Budget:
    """Counts what comes out of an archive against its limits.

    `left_out` is the name of a spine that was not taken out, None without one.
    """

    def __init__(self, path: Path, packed_bytes: int, limits: Limits, given_up: Callable[[], bool]) -> None:
        self.left_out: str | None = None
        self._path = path
        self._limits = limits
        self._given_up = given_up
        self._files = limits.files
        self._bytes = limits.total_bytes
        if limits.ratio * packed_bytes < self._bytes:
            self._bytes = min(self._bytes, max(limits.ratio * packed_bytes, limits.ratio_from_bytes))

    def refused(self, reason: str) -> BundleProblem:
        """Why what is in the archive is not taken out of it."""
        return BundleProblem(
            f"{shown(self._path)} cannot be unpacked: {reason}; unpack it yourself and open the folder"
        )

    def leave_out(self, name: str) -> None:
        """A member that stays in the archive."""
        if name.rpartition("/")[2] == SPINE_NAME:
            self.left_out = name

    def count_member(self) -> None:
        self._files -= 1
        if self._files < 0:
            raise BundleProblem(
                f"{shown(self._path)} holds more than {self._limits.files:,} files; {_EXPECTED}"
            )

    def count(self, size: int) -> None:
        if self._given_up():
            raise self.refused("nobody waits for it")
        self._bytes -= size
        if self._bytes < 0:
            raise BundleProblem(
                f"{shown(self._path)} unpacks to more than is safe ({self._limits.total_bytes:,} bytes, or "
                f"{self._limits.ratio} times its own size); unpack it yourself and open the folder"
            )


class _CarefulFile:
    """A file as the archive libraries read it, which refuses to be read on and on: they may keep it all.

    `kept_nothing()` says that what was read so far is of the past.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._left = LARGEST_READ
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size if 0 <= size <= self._left else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise ValueError("a header or a directory too large to be real")
        return data

    def kept_nothing(self) -> None:
        self._left = LARGEST_READ


def _unpack_zip(file: IO[bytes], into: Path, budget: _Budget) -> None:
    careful = _CarefulFile(file)
    with zipfile.ZipFile(cast(IO[bytes], careful)) as archive:
        members: list[zipfile.ZipInfo] = archive.infolist()
        for member in members:
            budget.count_member()
            kind = stat.S_IFMT(member.external_attr >> 16)
            # Some programs of Windows write names with backslashes.
            name = member.filename.replace("\\", "/")
            target = _target(into, name)
            if member.flag_bits & _ENCRYPTED:
                raise budget.refused("it is encrypted")
            # The other methods unpack pieces of any size at once.
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise budget.refused("packed by another method than deflate")
            if target is None or kind not in (0, stat.S_IFREG):
                budget.leave_out(name)
            elif not member.is_dir():
                with archive.open(member) as content:
                    _write(target, into, _pieces(content, careful), budget)


def _unpack_tar(file: IO[bytes], into: Path, budget: _Budget) -> None:
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    careful = _CarefulFile(cast(IO[bytes], gzip.GzipFile(fileobj=file)) if packed else file)
    with tarfile.open(fileobj=cast(IO[bytes], careful), mode="r:") as archive:
        while (member := archive.next()) is not None:
            careful.kept_nothing()
            # The library keeps every member it has seen.
            archive.members.clear()  # type: ignore[attr-defined]
            budget.count_member()
            target = _target(into, member.name)
            if target is None or not member.isreg():
                budget.leave_out(member.name)
                # To pass it by it has to be unpacked all the same.
                budget.count(member.size)
            elif (content := archive.extractfile(member)) is not None:
                _write(target, into, _pieces(content, careful), budget)


def _pieces(content: IO[bytes], careful: _CarefulFile) -> Iterator[bytes]:
    while piece := content.read(_PIECE):
        yield piece
        careful.kept_nothing()


def _target(into: Path, name: str) -> Path | None:
    """Where a member belongs, None where its name is no plain path below `into`."""
    parts = name.removeprefix("./").split("/")
    if len(parts) > _DEEPEST or not all(_is_plain(part) for part in parts):
        return None
    return into.joinpath(*parts)


def _is_plain(part: str) -> bool:
    controls = any(unicodedata.category(character) == "Cc" for character in part)
    return part not in ("", ".", "..") and not controls and len(os.fsencode(part)) <= _LONGEST_NAME


def _write(target: Path, into: Path, pieces: Iterator[bytes], budget: _Budget) -> None:
    folder = into
    for part in target.relative_to(into).parts[:-1]:
        folder /= part
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            budget.count_member()
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(target, flags, 0o600), "wb") as file:
        for piece in pieces:
            budget.count(len(piece))
            file.write(piece)


def _bundle_inside(path: Path, into: Path, left_out: str | None) -> Path:
    level, found = [into], list[Path]()
    for _ in range(_DEEPEST - 1):
        others: list[Path] = []
        for folder in level:
            (found if (folder / SPINE_NAME).is_file() else others).append(folder)
        level = sorted(below for folder in others for below in folder.iterdir() if below.is_dir())
    if not found and left_out is not None:
        raise BundleProblem(
            f"{shown(path)}: {shown(Path(left_out))} is not taken out of it: a link, outside, too deep, or "
            "with a name that is too long or holds control characters; unpack it yourself and open the folder"
        )
    if not found:
        raise BundleProblem(f"{shown(path)} holds no trace.jsonl; {_other_archive(into)}")
    if len(found) == 1:
        return found[0]
    return found[0].parent if len({folder.parent for folder in found}) == 1 else _gathered(found, into)


def _other_archive(folder: Path) -> str:
    """What to do about an archive without a bundle, unpacked to `folder`."""
    names = sorted(name for _, _, files in os.walk(folder) for name in files)
    packed = next((name for name in names if name.lower().endswith((*SUFFIXES, *OTHER_SUFFIXES))), None)
    return _EXPECTED if packed is None else f"unpack it yourself and open {shown(Path(packed))} in it"


def _gathered(bundles: list[Path], into: Path) -> Path:
    """A folder into which all `bundles` are moved, named by where they were."""
    gathered = Path(mkdtemp(dir=into))
    for number, folder in enumerate(bundles, 1):
        name = "-".join(folder.relative_to(into).parts)
        if len(os.fsencode(name)) > _LONGEST_NAME or (gathered / name).exists():
            name = next(free for free in map(str, count(number)) if not (gathered / free).exists())
        folder.rename(gathered / name)
    return gathered
