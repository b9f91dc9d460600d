type Rgb = [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** --hover of style.css: of the light grounds the darkest, of the dark ones the lightest. */
const LIGHT_SURFACE: Rgb = [233, 240, 242];
const DARK_SURFACE: Rgb = [42, 59, 70];

/** WCAG 2.2 contrast for text; a little above 4.5 so that rounding never lands below it. */
const ENOUGH = 4.6;
/** A darkish colour just light enough for the dark looks grey there. */
const CLEAR_IN_DARK = 7;

/**
 * The custom properties that follow from the municipality's colour (`#rrggbb`), or null when it is no such colour.
 * Whatever colour is given, text in it and on it keeps a contrast of at least 4.5:1, in light and dark.
 */
export function brandProperties(colour: unknown): Record<string, string> | null {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(String(colour ?? ""));
  if (!hex) return null;
  const brand = hex.slice(1).map((part) => parseInt(part, 16)) as Rgb;
  return {
    "--brand": css(brand),
    "--on-brand": contrast(brand, WHITE) >= contrast(brand, BLACK) ? "#fff" : "#000",
    "--accent-light": css(readable(brand, LIGHT_SURFACE, BLACK, ENOUGH)),
    "--accent-dark": css(readable(brand, DARK_SURFACE, WHITE, CLEAR_IN_DARK)),
  };
}

function readable(colour: Rgb, surface: Rgb, towards: Rgb, wanted: number): Rgb {
  let mixed = colour;
  for (let share = 0; contrast(mixed, surface) < wanted && share <= 1; share += 0.05) {
    mixed = colour.map((part, i) => Math.round(part + (towards[i]! - part) * share)) as Rgb;
  }
  return mixed;
}

function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function css([r, g, b]: Rgb): string {
  return `rgb(${r} ${g} ${b})`;
}
