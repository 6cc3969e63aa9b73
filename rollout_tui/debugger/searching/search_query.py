"""What is searched for: a text in all the forms it has inside JSON, or a regular expression."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rollout_tui.debugger.patterns import IN_BACKGROUND_S, Pattern, PatternProblem

LONGEST_NEEDLE = 1000


class SearchProblem(ValueError):
    """What was asked for cannot be searched; the text is one line that says why."""


@dataclass(frozen=True)
class Query:
    """What is looked for. Made by `query`.

    `needles` are the bytes that the text can be, `pattern` the regular expression. Where `is_local`, its
    matches are short and hang on nothing around them.
    """

    text: str
    is_regex: bool
    any_case: bool
    needles: tuple[bytes, ...]
    pattern: Pattern[bytes] | None
    is_local: bool = False


# Repetition; anchors, word boundaries, groups that look around: whether they match hangs on what is around.
_NOT_LOCAL = re.compile(r"[*+{^$]|\\[AbBZ]|\(\?")


def query(text: str) -> Query:
    """Compile what is looked for; `/.../` around a text makes it a regular expression.

    Upper and lower case are one unless the text has upper case; for letters beyond ASCII
    they are always two. A regular expression sees an event line or a payload as it is recorded, where a
    newline in a text is a backslash and an n.
    Raises SearchProblem.
    """
    regex = len(text) >= 3 and text[0] == text[-1] == "/"
    if regex:
        text = text[1:-1]
    if not text:
        raise SearchProblem("nothing to search for: give a text, or /a regular expression/")
    if len(text) > LONGEST_NEEDLE:
        raise SearchProblem(
            f"that is too long to search for: {len(text):,} characters, at most {LONGEST_NEEDLE:,}"
        )
    any_case = text == text.lower()
    if not regex:
        return Query(text, False, any_case, tuple(_forms(text, any_case)), None)
    try:
        pattern = Pattern(text.encode(errors="surrogatepass"), any_case=any_case, longest_s=IN_BACKGROUND_S)
    except PatternProblem as problem:
        raise SearchProblem(f"not a regular expression: {problem}") from problem
    if pattern.found_in(b""):
        raise SearchProblem("that regular expression matches everything: it matches the empty text")
    return Query(text, True, any_case, (), pattern, _NOT_LOCAL.search(text) is None)


def _forms(text: str, any_case: bool) -> Iterator[bytes]:
    """The byte strings that a text can be inside JSON, each once."""
    seen: set[bytes] = set()
    for ascii_only in (False, True):
        form = text
        for _ in range(3):
            data = form.encode(errors="surrogatepass")
            data = data.lower() if any_case else data
            if data not in seen:
                seen.add(data)
                yield data
            form = json.dumps(form, ensure_ascii=ascii_only)[1:-1]
