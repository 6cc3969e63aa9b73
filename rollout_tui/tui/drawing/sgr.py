"""Style names as what a terminal understands, without the library that draws later."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Literal, TypeAlias

from rollout_tui.tui.drawing.styles import look

Depth: TypeAlias = Literal["none", "256", "true"]
_DEPTHS: dict[str, Depth] = {"truecolor": "true", "256": "256"}
"""Colour systems by the names that `TEXTUAL_COLOR_SYSTEM` gives them."""


def colour_depth(environment: Mapping[str, str]) -> Depth:
    """How many colours the terminal has, as the library that draws later is told; none with `NO_COLOR`."""
    if environment.get("NO_COLOR"):
        return "none"
    told = environment.get("TEXTUAL_COLOR_SYSTEM", "auto").strip().lower()
    if told != "auto":
        return _DEPTHS.get(told, "none")
    term = environment.get("TERM", "")
    # Windows Terminal has all colours and does not say so; tmux and screen within it have names of their own.
    if "WT_SESSION" in environment and "COLORTERM" not in environment and term == "xterm-256color":
        return "true"
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return "true"
    return "256" if term.rpartition("-")[2] in ("256color", "kitty") else "none"


def tell_colours(environment: MutableMapping[str, str]) -> None:
    """Let the library that draws later, and a pager or editor, know of all the colours that there are."""
    if colour_depth(environment) == "true":
        environment.setdefault("COLORTERM", "truecolor")


def sgr(names: str, colours: Mapping[str, str], depth: Depth) -> str:
    """The sequence that begins a style; `colours` are `#rrggbb` by the names of the theme."""
    wanted = look(names)
    flags = ((wanted.bold, "1"), (wanted.italic, "3"), (wanted.underline, "4"))
    codes = [code for on, code in flags if on]
    if depth != "none":
        codes.append(f"38;{_colour(colours[wanted.color], depth)}")
        codes.append(f"48;{_colour(colours[wanted.background], depth)}")
    return f"\x1b[{';'.join(codes)}m" if codes else ""


@lru_cache(maxsize=256)
def _colour(said: str, depth: Depth) -> str:
    red, green, blue = (int(said[at : at + 2], 16) for at in (1, 3, 5))
    return f"2;{red};{green};{blue}" if depth == "true" else f"5;{nearest(red, green, blue)}"


def nearest(red: int, green: int, blue: int) -> int:
    """The colour of the 256 that stands for one of the many."""
    _, light, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    if saturation < 0.15:
        grey = round(light * 25)
        return 16 if grey == 0 else 231 if grey == 25 else 231 + grey
    six = (one / 95 if one < 95 else 1 + (one - 95) / 40 for one in (red, green, blue))
    first, second, third = (round(one) for one in six)
    return 16 + 36 * first + 6 * second + third
