const ALLOWED = new Set(["http:", "https:", "tel:", "mailto:"]);

/** The address when it is absolute and of an allowed kind, else null. */
export function safeUrl(address: unknown): URL | null {
  try {
    const url = new URL(String(address));
    return ALLOWED.has(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

export function opensNewWindow(url: URL): boolean {
  return url.protocol === "http:" || url.protocol === "https:";
}

/** What a citizen can recognise: the host, the phone number or the e-mail address. */
export function shownAddress(url: URL): string {
  return opensNewWindow(url) ? url.hostname.replace(/^www\./, "") : decodeURIComponent(url.pathname);
}

// Web addresses first, so that digits inside one are not taken for a phone number. Then Danish numbers:
// 8 digits in the usual groups, and the short numbers a citizen may be told to ring.
const TARGET = /https?:\/\/[^\s<>"']+|(?:\+45 ?)?\d{2}(?: ?\d{2}){3}|\d{2} \d{3} \d{3}|\b(?:112|114|1813|1888)\b/g;

/** Digits that belong to something longer, or that a word before or an amount after shows are no phone number. */
const NOT_BEFORE = /(?:[\d.,:\/§-]|(?:cvr|nr|nummer|sag|paragraf|kr)[-.:]? ?)$/i;
const NOT_AFTER = /^(?:[-\/:]?\d|[.,]\d| ?(?:kr|%|stk|m²))/i;

/** Split a plain text into text nodes and links. Nothing in it is read as HTML. */
export function linkify(plain: string, link: (url: URL, label: string) => Node): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let done = 0;
  for (const match of plain.matchAll(TARGET)) {
    const isWeb = match[0].startsWith("http");
    const label = isWeb ? match[0].replace(/[.,;:!?)\]]+$/, "") : match[0];
    const start = match.index ?? 0;
    const end = start + label.length;
    if (!isWeb && (isNumberInContext(plain.slice(0, start), plain.slice(end)))) continue;
    const url = safeUrl(isWeb ? label : `tel:${label.replace(/ /g, "")}`);
    if (!url) continue;
    parts.push(plain.slice(done, start), link(url, label));
    done = end;
  }
  parts.push(plain.slice(done));
  return parts.filter((part) => part !== "");
}

function isNumberInContext(before: string, after: string): boolean {
  // "tlf. nr. 87 80 33 33" is a phone number though "nr" stands before it.
  if (/(?:tlf|telefon)\S* ?(?:nr\.?|nummer)?:? ?$/i.test(before)) return NOT_AFTER.test(after);
  return NOT_BEFORE.test(before) || NOT_AFTER.test(after);
}
