"""Shades of the municipality's colour that can be read, in light and dark (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls

Rgb = tuple[float, float, float]

_WHITE: Rgb = (255, 255, 255)
_BLACK: Rgb = (0, 0, 0)
# The least favourable grounds of desk.css: `--soft` in light, `--raised` in dark.
_LIGHT_GROUND: Rgb = (234, 239, 237)
_DARK_GROUND: Rgb = (43, 55, 51)
_ENOUGH = 4.6
"""A little above 4.5, so that rounding never lands below it."""
_CLEAR_IN_DARK = 7.0
"""A darkish colour just light enough for the dark looks grey there."""
_STEP = 0.02


def colour_properties(colour: str) -> dict[str, str]:
    """CSS custom properties made from `#rrggbb`.

    `--brand` is the colour itself and `--on-brand` what is written on it; `--accent-light` and `--accent-dark` can be read
    on the grounds of either scheme, and white, respectively near-black, can be read on them.
    """
    brand: Rgb = (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
    return {
        "--brand": _css(brand),
        "--on-brand": "#fff" if contrast(brand, _WHITE) >= contrast(brand, _BLACK) else "#000",
        "--accent-light": _css(_readable(brand, _LIGHT_GROUND, _ENOUGH)),
        "--accent-dark": _css(_readable(brand, _DARK_GROUND, _CLEAR_IN_DARK)),
    }


def contrast(one: Rgb, other: Rgb) -> float:
    """1 (the same) to 21 (black on white)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _readable(colour: Rgb, ground: Rgb, wanted: float) -> Rgb:
    """The colour, its lightness moved away from the ground's until it can be read there."""
    hue, lightness, saturation = rgb_to_hls(*(part / 255 for part in colour))
    step = _STEP if _luminance(ground) < 0.5 else -_STEP
    mixed = colour
    while contrast(mixed, ground) < wanted and 0 < lightness + step < 1:
        lightness += step
        red, green, blue = hls_to_rgb(hue, lightness, saturation)
        mixed = (round(red * 255), round(green * 255), round(blue * 255))
    return mixed


def _luminance(colour: Rgb) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (part / 255 for part in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _css(colour: Rgb) -> str:
    return "rgb({:.0f} {:.0f} {:.0f})".format(*colour)
