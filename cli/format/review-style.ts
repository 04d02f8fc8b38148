/**
 * How a page of a review looks: light or dark as the reader's system is, colours that colour-blind people tell apart,
 * and never colour alone.
 */

/** The style sheet, one string a line. */
export const REVIEW_STYLE: readonly string[] = `
:root { color-scheme: light dark; --line: #8884; --faint: #5f6670; --bad: #b93815; --good: #1a66ab; }
@media (prefers-color-scheme: dark) { :root { --faint: #9aa1ab; --bad: #f28b5b; --good: #6cb2f5; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .25rem; } p { margin: .25rem 0; }
code { font: .92em ui-monospace, monospace; }
.sides, .notice, .legend, figcaption, thead { color: var(--faint); } .legend, figcaption { font-size: .87em; }
section { border-top: 1px solid var(--line); margin-top: 2rem; } section h2 { margin-top: 1rem; }
.notice { border-left: 3px solid var(--line); padding-left: .6rem; }
.good { color: var(--good); }
.bad, .broken td:first-child, .failed td:first-child { color: var(--bad); font-weight: 600; }
.worse td:first-child { color: var(--bad); } .better td:first-child { color: var(--good); }
.unchanged, .noise { color: var(--faint); }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin: .6rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; white-space: nowrap; }
th, td { border-bottom: 1px solid var(--line); }
td:last-child { white-space: normal; min-width: 12rem; }
th { font-weight: 500; } details { margin: .6rem 0; } summary { cursor: pointer; }
figure { display: inline-block; margin: .6rem 1rem .6rem 0; width: 22rem; max-width: 100%; }
svg { width: 100%; border: 1px solid var(--line); font: 11px system-ui, sans-serif; } polyline { fill: none; stroke-width: 2; }
svg text { fill: var(--faint); } figcaption span { white-space: nowrap; border-bottom: 2px solid; }
figcaption .base { color: var(--faint); } figcaption .head { color: var(--good); }
polyline.base { stroke: var(--faint); } polyline.head { stroke: var(--good); }
@media (max-width: 40rem) { table { font-size: .82rem; } th, td { padding-right: .5rem; } }
`
  .trim()
  .split('\n')
