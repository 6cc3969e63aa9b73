"""The colours of Textual's dark theme by the names that styles use; a test holds them to the theme."""

from __future__ import annotations

COLOURS = {
    "background": "#121212",
    "error": "#b93c5b",
    "foreground": "#e0e0e0",
    "panel": "#242f38",
    "primary": "#0178d4",
    "primary-muted": "#0c304c",
    "scrollbar": "#003054",
    "scrollbar-background": "#000000",
    "surface-lighten-1": "#2d2d2d",
    "text-accent": "#ffc473",
    "text-disabled": "#6c6c6c",
    "text-error": "#d17e92",
    "text-muted": "#a0a0a0",
    "text-primary": "#57a5e2",
    "text-secondary": "#5684a5",
    "text-success": "#8ad4a1",
    "text-warning": "#ffc473",
    "warning": "#fea62b",
}
