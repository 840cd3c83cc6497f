/** How the reference looks: a manual to be read beside one's editor, on a phone too. */
export const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#16202a, #e7edf3); --soft: light-dark(#566473, #9aa8b6);
  --ground: light-dark(#fdfdfc, #11161b); --line: light-dark(#dfe4e8, #28323b); --mark: light-dark(#0b6b58, #5fd0b5);
  --inset: light-dark(#f3f5f6, #182028) }
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, 'Noto Sans SC', sans-serif;
  overflow-wrap: anywhere }
header, .page { max-width: 1180px; margin: 0 auto; padding: 0 20px }
header { padding-top: 28px; border-bottom: 1px solid var(--line); padding-bottom: 20px }
header > p { max-width: 74ch; margin: 8px 0 0 } header > p:first-child { margin: 0; font-weight: 600 }
h1 { font-size: 28px; line-height: 1.2; margin: 4px 0 0; font-weight: 650; letter-spacing: -.01em }
.page { display: grid; grid-template-columns: 232px minmax(0, 1fr); gap: 40px }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 20px 0; font-size: 13px }
nav h2 { font-size: 13px; margin: 16px 0 4px } nav h2:first-child { margin-top: 0 } nav h2 a { color: var(--ink) }
nav ul { list-style: none; margin: 0; padding: 0 } nav li a { color: var(--soft); display: block; padding: 2px 0 }
a { color: var(--mark); text-decoration: none } a:hover { text-decoration: underline }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px }
main { padding-bottom: 80px } section > h2 { font-size: 22px; margin: 36px 0 4px; font-weight: 650 }
section > p { color: var(--soft); margin: 0; max-width: 74ch }
article { padding: 20px 0 22px; border-bottom: 1px solid var(--line) }
h3 { font: 600 15px/1.4 ui-monospace, 'SF Mono', Menlo, monospace; margin: 0 0 4px }
h4 { font-size: 12px; font-weight: 600; color: var(--soft); margin: 16px 0 4px; text-transform: uppercase; letter-spacing: .05em }
article > p { margin: 0; max-width: 74ch }
dl { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 8px 0 0; font-size: 13px }
dt { color: var(--soft); margin-right: -14px } dd { margin: 0 }
code { font: 13px ui-monospace, 'SF Mono', Menlo, monospace } p code, td code { background: var(--inset); padding: 1px 4px; border-radius: 3px }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: 12px }
th, td { padding: 5px 16px 5px 0; vertical-align: top; border-top: 1px solid var(--line) } thead th { border-top: 0 }
td:first-child { white-space: nowrap } tr:target td { background: var(--inset) } td span[title] { color: var(--soft) }
td span[lang] { color: var(--soft) } details { margin-top: 12px; font-size: 13px } summary { color: var(--soft); cursor: pointer }
details p { margin: 6px 0 0; line-height: 1.9 }
@media (max-width: 760px) { .page { grid-template-columns: minmax(0, 1fr); gap: 0 } nav { position: static; max-height: none; padding-bottom: 0 }
  nav ul { display: none } nav h2 { display: inline-block; margin: 0 14px 0 0; font-size: 14px } nav h2 a { color: var(--mark) }
  h1 { font-size: 24px } thead { display: none } tr { display: block; border-top: 1px solid var(--line); padding: 7px 0 }
  td { display: inline; border: 0; padding: 0 8px 0 0; font-size: 13px; color: var(--soft) } td:first-child { color: var(--ink) }
  td:last-child { display: block; padding: 0; font-size: 14px; color: var(--ink) } td:last-child:empty { display: none } }
@media print { nav, details { display: none } .page { display: block } }
`
