/** The page's style sheet: system fonts, two columns of colours, nothing to fetch. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b626b; --page: #ffffff; --line: #d9dde2; --head: #f4f5f7; --warn: #fff3d6; --warn-line: #c98a00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e7eb; --soft: #a4abb5; --page: #15181c; --line: #343a42; --head: #1f2329; --warn: #3a2d0c; --warn-line: #d9a441; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 28px 24px 60px; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 25px; line-height: 1.25; margin: 0 0 16px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 36px 0 8px; }
p { margin: 6px 0 12px; max-width: 90ch; }
.synthetic { border: 1px solid var(--warn-line); border-left-width: 6px; background: var(--warn); padding: 10px 14px; margin: 0 0 18px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 18px; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
.wide + .wide { margin-top: 16px; }
table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 12px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: top; }
thead th { background: var(--head); vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; font-weight: 600; white-space: normal; overflow-wrap: anywhere; max-width: 340px; }
td small { display: block; color: var(--soft); font-size: 11.5px; }
figure { margin: 34px 0 0; }
figure svg { display: block; max-width: 100%; height: auto; color: var(--ink); }
figcaption, .note { color: var(--soft); font-size: 13.5px; max-width: 95ch; margin-top: 6px; }
@media print { figure, table { break-inside: avoid; } }
`;
