"""Themes of our own beside Textual's, and how well text has to stand out in each."""

from __future__ import annotations

from textual.color import Color
from textual.theme import Theme

HIGH_CONTRAST = (
    Theme(
        name="high-contrast",
        primary="#66B2FF",
        secondary="#D7AFFF",
        accent="#FFD75F",
        warning="#FFD75F",
        error="#FF8080",
        success="#5FFF87",
        foreground="#FFFFFF",
        background="#000000",
        surface="#000000",
        panel="#262626",
        variables={
            "text-muted": "#D8D8D8",
            "text-disabled": "#A0A0A0",
            "text-primary": "#87D7FF",
            "text-secondary": "#D7AFFF",
            "text-accent": "#FFD75F",
            "text-warning": "#FFD75F",
            "text-error": "#FF8080",
            "text-success": "#5FFF87",
            "primary-muted": "#00407A",
            "surface-lighten-1": "#303030",
        },
    ),
    Theme(
        name="high-contrast-light",
        dark=False,
        primary="#003F8F",
        secondary="#5A008F",
        accent="#6B3A00",
        warning="#6B3A00",
        error="#900000",
        success="#005000",
        foreground="#000000",
        background="#FFFFFF",
        surface="#FFFFFF",
        panel="#E4E4E4",
        variables={
            "text-muted": "#303030",
            "text-disabled": "#595959",
            "text-primary": "#003F8F",
            "text-secondary": "#5A008F",
            "text-accent": "#6B3A00",
            "text-warning": "#6B3A00",
            "text-error": "#900000",
            "text-success": "#005000",
            "primary-muted": "#C4DCFF",
            "surface-lighten-1": "#EAEAEA",
        },
    ),
)

READABLE, FAINT, HIGH = 4.5, 3.0, 7.0
"""Contrast ratios, as WCAG counts them: of text, of what lies after the cursor, of text in a high one."""


def least_contrast(theme: str, *, faint: bool) -> float:
    """How well text has to stand out; `faint` is what lies after the cursor."""
    high = theme in {one.name for one in HIGH_CONTRAST}
    return (READABLE if high else FAINT) if faint else HIGH if high else READABLE


def contrast(one: Color, other: Color) -> float:
    """From 1 (the same) to 21 (black on white)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(color: Color, background: Color, least: float) -> Color:
    """`color`, made lighter or darker where it stands out less than `least`; colours of the terminal stay."""
    if color.ansi is not None or background.ansi is not None:
        return color
    end = max(Color(0, 0, 0), Color(255, 255, 255), key=lambda one: contrast(one, background))
    steps = (color.blend(end, step / 20) for step in range(21))
    return next((one for one in steps if contrast(one, background) >= least), end)


def _luminance(color: Color) -> float:
    red, green, blue = map(_linear, color.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4
