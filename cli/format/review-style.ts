/**
 * How a page of a review looks: light or dark as the reader's system is, colours that colour-blind people tell apart,
 * and never colour alone.
 */

/** The style sheet, one string a line. */
export const REVIEW_STYLE: readonly string[] = `
:root { color-scheme: light dark; --line: #8884; --faint: #8a8f98; --bad: #c2410c; --good: #1d6fb8; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .25rem; } p { margin: .25rem 0; }
code { font: .92em ui-monospace, monospace; }
.sides, .notice, figcaption, thead { color: var(--faint); }
.notice { border-left: 3px solid var(--line); padding-left: .6rem; }
.good { color: var(--good); }
.bad, .broken td:first-child, .failed td:first-child { color: var(--bad); font-weight: 600; }
.worse td:first-child { color: var(--bad); } .better td:first-child { color: var(--good); }
.unchanged, .noise { color: var(--faint); }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin: .6rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; white-space: nowrap; }
th, td { border-bottom: 1px solid var(--line); }
td:last-child { white-space: normal; }
th { font-weight: 500; } details { margin: .6rem 0; } summary { cursor: pointer; }
figure { display: inline-block; margin: .6rem 1rem .6rem 0; width: 22rem; max-width: 100%; }
svg { width: 100%; border: 1px solid var(--line); } polyline { fill: none; stroke-width: 2; }
.base { stroke: var(--faint); } .head { stroke: var(--good); }
`
  .trim()
  .split('\n')
