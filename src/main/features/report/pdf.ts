/** A report as PDF on A4. */
import pdfmake from 'pdfmake'
import type { Content, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js'
import type { Block, GalleryItem, ReportDocument } from './block.ts'
import { inFonts, reportFonts } from './fonts.ts'

const ink = '#1c2126'
const soft = '#59636e'
const line = '#dfe3e8'
const frameLine = '#c9d0d7'
/** Points between the margins of A4. */
const pageWidth = 595 - 2 * 40

/** The lines of Noto are higher than those of Roboto. */
const lineHeights = { en: 1.15, 'zh-CN': 0.95 } as const

/** Sets a text in the fonts that have its characters. */
type InFonts = (text: string) => Content[]

export async function reportPdf(document: ReportDocument): Promise<Buffer> {
  const { base, families } = reportFonts()
  pdfmake.setFonts(
    Object.fromEntries(
      families.map(({ name, normal, bold }) => [name, { normal, bold, italics: normal, bolditalics: bold }]),
    ),
  )
  pdfmake.setLocalAccessPolicy(() => true)
  pdfmake.setUrlAccessPolicy(() => false)
  const set: InFonts = (text) => inFonts(text, document.language)
  const definition: TDocumentDefinitions = {
    info: { title: document.title, creator: 'Fanoscope' },
    pageSize: 'A4',
    pageMargins: [40, 40, 40, 46],
    defaultStyle: { font: base, fontSize: 9, color: ink, lineHeight: lineHeights[document.language] },
    footer: (page, pages) => ({
      text: set(document.page(page, pages)),
      alignment: 'center',
      color: soft,
      fontSize: 8,
      margin: [0, 14, 0, 0],
    }),
    // A heading or title must not be the last line of a page.
    pageBreakBefore: (node, nodes) =>
      node.headlineLevel !== undefined && nodes.getFollowingNodesOnPage().length === 0,
    content: [
      { text: set(document.title), fontSize: 20, bold: true, margin: [0, 0, 0, 2] },
      { text: set(document.subtitle), color: soft, margin: [0, 0, 0, 6] },
      ...document.blocks.flatMap((block) => blockContent(block, set)),
    ],
  }
  return pdfmake.createPdf(definition).getBuffer()
}

const thinLines = {
  hLineWidth: (i: number) => (i === 0 ? 0 : 0.5),
  vLineWidth: () => 0,
  hLineColor: () => line,
  paddingLeft: (i: number) => (i === 0 ? 3 : 9),
  paddingRight: () => 3,
  paddingTop: () => 2.5,
  paddingBottom: () => 2.5,
}

function blockContent(block: Block, set: InFonts): Content[] {
  switch (block.kind) {
    case 'heading':
      return [{ text: set(block.text), fontSize: 13, bold: true, margin: [0, 14, 0, 5], headlineLevel: 1 }]
    case 'text':
      return [{ text: set(block.text), margin: [0, 2, 0, 4] }]
    case 'facts':
      return [
        {
          layout: thinLines,
          table: {
            dontBreakRows: true,
            widths: [150, '*'],
            body: block.rows.map(([name, value]): TableCell[] => [
              { text: set(name), color: soft },
              { text: set(broken(value)) },
            ]),
          },
        },
      ]
    case 'table':
      return [
        ...(block.title === null ? [] : [title(block.title, set)]),
        {
          layout: thinLines,
          table: {
            headerRows: 1,
            dontBreakRows: true,
            widths: widthsOf(block),
            body: [
              block.head.map((text, column) => cell(set(broken(text)), column >= block.numbers, true)),
              ...block.rows.map((row) =>
                row.map((text, column) => ({
                  ...cell(set(broken(text)), column >= block.numbers, false),
                  noWrap: isShortColumn(block, column) && text.length <= mostUnbroken,
                })),
              ),
            ],
          },
        },
      ]
    case 'results':
      return [resultContent(block.items, set)]
    case 'verdict':
      return [verdictContent(block, set)]
    case 'signatures':
      return [signatureContent(block, set)]
    case 'page':
      return [{ text: '', pageBreak: 'after' }]
    case 'charts':
      return inRows(block.charts, 2).map((row) => ({
        columns: row.map(({ svg, caption }) => [
          { svg, width: pageWidth / 2 - 10 },
          { text: set(caption), color: soft, fontSize: 8, margin: [0, 2, 0, 8] },
        ]),
        columnGap: 10,
        unbreakable: true,
      }))
    case 'gallery':
      return inRows(block.items, 2).map(
        (row, i): Content => ({
          stack: [
            ...(i === 0 ? [title(block.title, set)] : []),
            { columns: row.map((item) => itemContent(item, set)), columnGap: 10 },
          ],
          unbreakable: true,
          margin: [0, 0, 0, 8],
        }),
      )
  }
}

function resultContent(items: Extract<Block, { kind: 'results' }>['items'], set: InFonts): Content {
  const box = ({ name, value, beside }: (typeof items)[number]): Content => ({
    layout: {
      hLineColor: () => frameLine,
      vLineColor: () => frameLine,
      hLineWidth: () => 0.75,
      vLineWidth: () => 0.75,
    },
    table: {
      widths: ['*'],
      body: [
        [
          {
            stack: [
              { text: set(name), color: soft },
              { text: set(value), fontSize: 20, bold: true, lineHeight: 1.1 },
              { text: set(beside), color: soft },
            ],
            margin: [6, 4, 6, 4],
          },
        ],
      ],
    },
  })
  return { columns: items.map(box), columnGap: 12, margin: [0, 10, 0, 4] }
}

const tones = {
  good: ['#2c7a4b', '#edf5f0'],
  bad: ['#b3372f', '#f9eeed'],
  open: ['#8a6d1a', '#f6f3ea'],
} as const

function verdictContent(
  { tone, title: heading, lines }: Extract<Block, { kind: 'verdict' }>,
  set: InFonts,
): Content {
  const [strong, pale] = tones[tone]
  return {
    layout: 'noBorders',
    margin: [0, 10, 0, 0],
    table: {
      widths: [0, '*'],
      body: [
        [
          { text: '', fillColor: strong },
          {
            fillColor: pale,
            margin: [6, 4, 6, 4],
            stack: [
              { text: set(heading), fontSize: 13, bold: true, margin: [0, 0, 0, 2] },
              ...lines.map((text): Content => ({ text: set(text) })),
            ],
          },
        ],
      ],
    },
  }
}

/** Room to write in; the lines have gaps between them, one for each that signs. */
const signatureHeight = 24
const signatureGap = 10

function signatureContent({ head, rows }: Extract<Block, { kind: 'signatures' }>, set: InFonts): Content {
  const bare: [boolean, boolean, boolean, boolean] = [false, false, false, false]
  const gap: TableCell = { text: '', border: bare }
  const spaced = (cells: TableCell[]): TableCell[] =>
    cells.flatMap((one, i) => (i === 0 ? [one] : [gap, one]))
  return {
    unbreakable: true,
    layout: {
      ...thinLines,
      defaultBorder: false,
      hLineColor: () => soft,
      paddingLeft: () => 0,
      paddingRight: () => 0,
    },
    table: {
      widths: head.flatMap((_, i) => (i === 0 ? [70] : [signatureGap, '*'])),
      heights: (row: number) => (row === 0 ? 10 : signatureHeight),
      body: [
        spaced(head.map((text) => ({ text: set(text), color: soft, fontSize: 8 }))),
        ...rows.map((who) =>
          spaced(
            head.map((_, i) =>
              i === 0
                ? { text: set(who), margin: [0, signatureHeight - 12, 0, 0] }
                : { text: '', border: [false, false, false, true] },
            ),
          ),
        ),
      ],
    },
  }
}

const title = (text: string, set: InFonts): Content => ({
  text: set(text),
  bold: true,
  margin: [0, 8, 0, 3],
  headlineLevel: 2,
})

/** With at least so many text columns, the first two hold short values: a time and a name. */
const manyColumns = 5

/** A longer text in a column of short values goes over several lines. */
const mostUnbroken = 30

type Table = Extract<Block, { kind: 'table' }>

const isShortColumn = ({ head }: Table, column: number): boolean => head.length >= manyColumns && column < 2

function widthsOf(table: Table): ('auto' | '*')[] {
  const { head, numbers } = table
  return head.map((_, column) => {
    if (numbers >= head.length) return isShortColumn(table, column) ? 'auto' : '*'
    return column === 0 || column < numbers ? '*' : 'auto'
  })
}

const cell = (text: Content[], isNumber: boolean, isHead: boolean) => ({
  text,
  alignment: isNumber ? ('right' as const) : ('left' as const),
  ...(isHead ? { color: soft, fontSize: 8 } : {}),
})

/** Allows line breaks after a slash, a hyphen or an underscore of long words. */
const broken = (text: string): string => text.replace(/(?<=[/_-])(?=\S)/g, '\u200b')

function itemContent({ photograph, heat, problem, caption }: GalleryItem, set: InFonts): Content {
  const width = pageWidth / 4 - 8
  const picture = (jpeg: Buffer | null): Content =>
    jpeg === null
      ? { text: '' }
      : { image: `data:image/jpeg;base64,${jpeg.toString('base64')}`, fit: [width, width] }
  return {
    stack: [
      { columns: [picture(photograph), picture(heat)], columnGap: 4 },
      {
        text: set(broken(problem === null ? caption : `${caption}: ${problem}`)),
        color: soft,
        fontSize: 8,
        margin: [0, 2, 0, 0],
      },
    ],
  }
}

/** Splits items into rows of `count`; the last row is padded with empty cells. */
function inRows<T>(items: readonly T[], count: number): T[][] {
  const rows: T[][] = []
  for (let i = 0; i < items.length; i += count) rows.push(items.slice(i, i + count))
  return rows
}
