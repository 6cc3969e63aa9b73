"""Reading the settings: everything that is wrong is said with its line and what is allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from rollout_tui.settings.key_names import key_problem
from rollout_tui.settings.presets import PRESETS, Keys
from rollout_tui.system_errors import reason_of
from rollout_tui.trace.regular_files import read_regular

MOST_BYTES = 256 << 10
NEEDED = ("help", "quit", "command", "cancel")
"""Actions that must keep a key."""

_NAMES = ("preset", "theme", "memory", "keys")
_KEY = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)"""
_SET = re.compile(rf"\s*(\[{{0,2}})\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*[=\]]")
"""The header of a table, or a key that something is given to."""


class SettingsProblem(Exception):
    """The settings cannot be used; the text names file, line and what is allowed, in one line."""


class Default(NamedTuple):
    """The keys of an action as the program has them, and the state in which they mean it (empty: always)."""

    keys: Keys
    when: str = ""


@dataclass(frozen=True)
class Settings:
    """`keys` holds the actions whose keys differ from the program's; `theme` is None for its own.

    Which themes there are only the screen knows: `theme_place` is the file and line that name one.
    """

    keys: Mapping[str, Keys] = field(default_factory=dict)
    theme: str | None = None
    theme_place: str = field(default="", compare=False)
    memory: bool = True


def read_settings(path: Path, actions: Mapping[str, Default]) -> Settings:
    """The settings in the file at `path`, those of the program where there is no file.

    `actions` are the actions whose keys can be changed, by id. Raises SettingsProblem.
    """
    try:
        data = read_regular(path, MOST_BYTES + 1, follow=True)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsProblem(f"{path}: {reason_of(error, 'cannot be read')}") from error
    if len(data) > MOST_BYTES:
        raise SettingsProblem(f"{path}: larger than {MOST_BYTES >> 10} KiB")
    # It takes 20 ms to import, which nobody without a file has to wait for.
    import tomllib

    try:
        # Editors of some systems begin a file with a byte order mark.
        text = data.decode("utf-8-sig")
        return _Reader(path, text, actions).settings(tomllib.loads(text))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsProblem(f"{path} line {line}: not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        lines = data.count(b"\n") or 1
        said = str(error).replace("(at end of document)", f"(at the end, line {lines})")
        raise SettingsProblem(f"{path}: {_first_lower(said)}") from error
    except RecursionError as error:
        raise SettingsProblem(f"{path}: lists or tables too deep in one another") from error


class _Reader:
    """One file: what is allowed in it, and where in it a name stands."""

    def __init__(self, path: Path, text: str, actions: Mapping[str, Default]) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._actions = actions

    def settings(self, document: Mapping[str, Any]) -> Settings:
        for name in document:
            if name not in _NAMES:
                raise self._problem(name, f"{name!r} is no setting; {_nearest(name, _NAMES)}")
        preset = document.get("preset", "gdb")
        if not isinstance(preset, str) or preset not in PRESETS:
            raise self._problem("preset", f"preset {preset!r}; allowed: {', '.join(PRESETS)}")
        theme = document.get("theme")
        if theme is not None and not (isinstance(theme, str) and theme):
            raise self._problem("theme", 'a theme is a name in quotes, e.g. "textual-light"')
        memory = document.get("memory", True)
        if not isinstance(memory, bool):
            raise self._problem("memory", "memory is true or false")
        keys = self._keys(PRESETS[preset], document.get("keys", {}))
        return Settings(keys, theme, self._place("theme") if theme else "", memory)

    def _keys(self, preset: Mapping[str, Keys], given: Any) -> Mapping[str, Keys]:
        """The preset with what is given on top: a key that is given is taken from who had it."""
        if not isinstance(given, Mapping):
            raise self._problem("keys", '[keys] is a table: over_next = ["f8", "n"]')
        chosen = {action_id: self._chosen(action_id, keys) for action_id, keys in given.items()}
        taken: dict[tuple[str, str], str] = {}
        for action_id, keys in chosen.items():
            for key in keys:
                other = taken.setdefault((key, self._actions[action_id].when), action_id)
                if other != action_id:
                    raise self._problem(action_id, f"{key!r} is the key of {other} already", "keys")
        changes: dict[str, Keys] = {}
        for action_id, default in self._actions.items():
            had = preset.get(action_id, default.keys)
            keys = chosen.get(action_id, tuple(key for key in had if (key, default.when) not in taken))
            if not keys and action_id in NEEDED:
                names = ", ".join(taken[key, default.when] for key in had if (key, default.when) in taken)
                raise self._problem(names.split(", ")[0] or action_id, f"{action_id} has no key left", "keys")
            if keys != default.keys:
                changes[action_id] = keys
        return changes

    def _chosen(self, action_id: str, given: Any) -> Keys:
        if action_id not in self._actions:
            near = _nearest(action_id, self._actions)
            raise self._problem(action_id, f"no action has the id {action_id!r}; {near}", "keys")
        keys = [given] if isinstance(given, str) else given
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise self._problem(action_id, f'{action_id}: a key in quotes, or a list: ["f8", "n"]', "keys")
        for key in keys:
            wrong = key_problem(key)
            if wrong:
                raise self._problem(action_id, f"{action_id}: {key[:20]!r} {wrong}", "keys")
        return tuple(dict.fromkeys(keys))

    def _problem(self, name: str, what: str, *tables: str) -> SettingsProblem:
        return SettingsProblem(f"{self._place(*tables, name)}: {what}")

    def _place(self, *names: str) -> str:
        line = self._line_of(*names)
        return f"{self._path}{f' line {line}' if line else ''}"

    def _line_of(self, *names: str) -> int:
        """The line of what is called `names[-1]` in the tables before it.

        Where it has no line of its own that of the table around it, 0 where that cannot be told either.
        """
        inside: tuple[str, ...] = ()
        for number, line in enumerate(self._lines, 1):
            found = _SET.match(line)
            if found is None:
                continue
            named = _names(found[2])
            if found[1]:
                inside = named
            else:
                named = (*inside, *named)
            if named[: len(names)] == names:
                return number
        return self._line_of(*names[:-1]) if len(names) > 1 else 0


def _names(key: str) -> tuple[str, ...]:
    """The names in a dotted key as it is written."""
    import tomllib

    names: list[str] = []
    try:
        inside: Any = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        # A line of a text, which only looks like one that sets something.
        return ()
    while isinstance(inside, dict):
        ((name, inside),) = inside.items()
        names.append(name)
    return tuple(names)


def _nearest(name: str, allowed: Iterable[str]) -> str:
    known = list(allowed)
    near = difflib.get_close_matches(name, known, 3, 0.5)
    if near:
        return f"near it: {', '.join(near)}"
    return f"allowed: {', '.join(known)}" if len(known) < 8 else "rollout-tui help keys lists all"


def _first_lower(text: str) -> str:
    return text[:1].lower() + text[1:]
