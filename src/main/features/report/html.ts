/**
 * A report as one HTML page that loads nothing: no script, no address; pictures and Chinese characters are embedded.
 */
import type { Block, GalleryItem, ReportDocument } from './block.ts'
import { fontRules, pageFont } from './fonts.ts'

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const style = `
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 980px; padding: 32px 24px; color: #1c2126; background: #fff;
  font: 14px/1.5 "${pageFont}", system-ui, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
h1 { margin: 0 0 4px; font-size: 26px; line-height: 1.25; }
h2 { margin: 34px 0 8px; padding-bottom: 4px; border-bottom: 2px solid #1c2126; font-size: 18px; break-after: avoid; }
h3 { margin: 18px 0 6px; font-size: 14px; break-after: avoid; }
.sub { margin: 0; color: #59636e; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 4px 8px; border-bottom: 1px solid #dfe3e8; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { color: #59636e; font-size: 12px; }
.facts th { width: 32%; font-weight: 500; color: #59636e; }
.number { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
.charts, .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(290px, 1fr)); gap: 18px; }
figure { margin: 0; break-inside: avoid; }
figure svg { width: 100%; height: auto; }
figcaption { color: #59636e; font-size: 12px; overflow-wrap: anywhere; }
.results { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 14px; margin: 18px 0; }
.results div { padding: 12px 16px; border: 1px solid #c9d0d7; border-radius: 6px; }
.results p { margin: 0; color: #59636e; }
.results .value { color: #1c2126; font-size: 30px; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
.verdict { margin: 20px 0; padding: 10px 16px; border-left: 5px solid #8a6d1a; background: #f6f3ea; break-inside: avoid; }
.verdict.good { border-color: #2c7a4b; background: #edf5f0; }
.verdict.bad { border-color: #b3372f; background: #f9eeed; }
.verdict h2 { margin: 0 0 4px; padding: 0; border: 0; }
.verdict p { margin: 2px 0; }
.signatures td, .signatures th { height: 34px; vertical-align: bottom; border-bottom: 1px solid #59636e; }
.signatures thead th { height: auto; border: 0; }
.signatures th:first-child { width: 18%; font-weight: 500; }
.page { break-before: page; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 4px; }
.pair img { width: 100%; display: block; background: #eceff2; }
@media print { body { max-width: none; padding: 0; font-size: 11px; } h2 { margin-top: 18px; } .results .value { font-size: 22px; } }
`

export async function reportHtml({ language, title, subtitle, blocks }: ReportDocument): Promise<string> {
  const body = `<h1>${escaped(title)}</h1><p class="sub">${escaped(subtitle)}</p>${blocks.map(blockHtml).join('\n')}`
  return (
    `<!doctype html>\n<html lang="${language}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'">` +
    `<title>${escaped(title)}</title><style>${style}${await fontRules(pageFont, body, language)}</style></head><body>` +
    `${body}</body></html>\n`
  )
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h2>${escaped(block.text)}</h2>`
    case 'text':
      return `<p>${escaped(block.text)}</p>`
    case 'facts':
      return `<table class="facts"><tbody>${block.rows
        .map(([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`)
        .join('')}</tbody></table>`
    case 'table': {
      const cell = (tag: 'th' | 'td', text: string, column: number): string =>
        `<${tag}${tag === 'th' ? ' scope="col"' : ''}${column >= block.numbers ? ' class="number"' : ''}>${escaped(text)}</${tag}>`
      const line = (tag: 'th' | 'td', cells: readonly string[]): string =>
        `<tr>${cells.map((text, column) => cell(tag, text, column)).join('')}</tr>`
      return (
        (block.title === null ? '' : `<h3>${escaped(block.title)}</h3>`) +
        `<table><thead>${line('th', block.head)}</thead><tbody>${block.rows.map((row) => line('td', row)).join('')}</tbody></table>`
      )
    }
    case 'charts':
      return `<div class="charts">${block.charts
        .map(({ svg, caption }) => `<figure>${svg}<figcaption>${escaped(caption)}</figcaption></figure>`)
        .join('')}</div>`
    case 'results':
      return `<div class="results">${block.items
        .map(
          ({ name, value, beside }) =>
            `<div><p>${escaped(name)}</p><p class="value">${escaped(value)}</p><p>${escaped(beside)}</p></div>`,
        )
        .join('')}</div>`
    case 'verdict':
      return `<section class="verdict ${block.tone}"><h2>${escaped(block.title)}</h2>${block.lines
        .map((line) => `<p>${escaped(line)}</p>`)
        .join('')}</section>`
    case 'signatures':
      return (
        `<table class="signatures"><thead><tr>${block.head.map((text) => `<th scope="col">${escaped(text)}</th>`).join('')}</tr></thead>` +
        `<tbody>${block.rows.map((who) => `<tr><th scope="row">${escaped(who)}</th>${'<td></td>'.repeat(block.head.length - 1)}</tr>`).join('')}</tbody></table>`
      )
    case 'page':
      return '<div class="page"></div>'
    case 'gallery':
      return `<h3>${escaped(block.title)}</h3><div class="gallery">${block.items
        .map((item) => itemHtml(item, block.photograph, block.heat))
        .join('')}</div>`
  }
}

function itemHtml(
  { photograph, heat, problem, caption }: GalleryItem,
  ofPhotograph: string,
  ofHeat: string,
): string {
  const picture = (jpeg: Buffer | null, alt: string): string =>
    jpeg === null ? '' : `<img alt="${escaped(alt)}" src="data:image/jpeg;base64,${jpeg.toString('base64')}">`
  return (
    `<figure><div class="pair">${picture(photograph, ofPhotograph)}${picture(heat, ofHeat)}</div>` +
    `<figcaption>${escaped(caption)}${problem === null ? '' : `: ${escaped(problem)}`}</figcaption></figure>`
  )
}
