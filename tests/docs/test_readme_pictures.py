"""The pictures in screenshots/ are those of the table, show what the screen shows, and name nothing of here.

After a change that is meant: `python tests/screenshots.py`, and look at them.
"""

from __future__ import annotations

import html
import re

import pytest
from recordings_at_hand import ROOT

from screenshots import PICTURES, SCREENSHOTS, made

_TEXT = re.compile(r"<text[^>]*?clip-path=\"url\(#[^)]*line-(\d+)\)\"[^>]*>(.*?)</text>")


def rows(svg: str) -> list[str]:
    """The text of a picture, row by row."""
    found: dict[int, str] = {}
    for number, text in _TEXT.findall(svg):
        found[int(number)] = found.get(int(number), "") + html.unescape(text)
    return [found[number].replace("\u00a0", " ").rstrip() for number in sorted(found)]


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_is_what_the_screen_shows(name: str) -> None:
    svg, shown = (SCREENSHOTS / f"{name}.svg").read_text(), made(PICTURES[name])
    assert len(rows(svg)) > 10
    assert rows(svg) == rows(shown), "run python tests/screenshots.py and look at it"
    assert svg == shown, "colours or places differ: run python tests/screenshots.py and look at it"


def test_every_picture_is_made_and_shown() -> None:
    names = {path.stem for path in SCREENSHOTS.iterdir()}
    assert names == set(PICTURES)
    shown = set(re.findall(r"screenshots/([\w-]+)\.svg", (ROOT / "README.md").read_text()))
    assert shown == names


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_names_no_host_and_no_folder(name: str) -> None:
    svg = (SCREENSHOTS / f"{name}.svg").read_text().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "://" not in svg
    assert "@font-face" not in svg
    assert not re.search(r"/(?:root|work|tmp)/", re.sub(r"/root/[a-z_]+\b|/root\b", "", svg))
