/** The whole style of the reference page. Its digest stands in REFERENCE_CSP: change both together. */
export const REFERENCE_STYLE =
  ':root{color-scheme:light dark;--line:light-dark(#d5dbe3,#39424e);--soft:light-dark(#f3f5f8,#1b2129);--accent:light-dark(#0b5c8f,#7cc4f0)}' +
  'body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;background:light-dark(#fff,#12161c);color:light-dark(#1a222c,#e6ebf1)}' +
  'a{color:var(--accent)}code{font:0.9em ui-monospace,monospace;overflow-wrap:anywhere}' +
  'nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:.75rem 0;border-block:1px solid var(--line)}' +
  'details{border:1px solid var(--line);border-radius:6px;margin:.5rem 0;padding:0 .75rem}details[open]{padding-bottom:.75rem}' +
  'summary{cursor:pointer;padding:.75rem 0}summary span{margin-inline-start:.5rem}' +
  '.method{display:inline-block;min-width:4rem}.answer{background:var(--soft);border-radius:6px;margin:.5rem 0;padding:.5rem .75rem}' +
  'table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid var(--line);padding:.4rem .5rem;text-align:start;vertical-align:top}' +
  'tr:target{background:var(--soft)}h4{margin:1rem 0 .25rem}ul{padding-inline-start:1.25rem}';

/** Policy of the page: this one style and nothing else, no script, no frame, no request. */
export const REFERENCE_CSP =
  "default-src 'none'; style-src 'sha256-FiBfqb1S4KRvW8JcDro5eUZYzqmRU0RYkfBRgSipEIY='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
