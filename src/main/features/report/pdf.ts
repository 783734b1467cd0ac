/** A report as PDF on A4. */
import pdfmake from 'pdfmake'
import type { Content, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js'
import type { Block, GalleryItem, ReportDocument } from './blocks.ts'
import { inFonts, reportFonts } from './fonts.ts'

const ink = '#1c2126'
const soft = '#59636e'
const line = '#dfe3e8'
/** Points between the margins of A4. */
const pageWidth = 595 - 2 * 40

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
    defaultStyle: { font: base, fontSize: 9, color: ink, lineHeight: 1.15 },
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
  paddingLeft: () => 3,
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
                row.map((text, column) => cell(set(broken(text)), column >= block.numbers, false)),
              ),
            ],
          },
        },
      ]
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
      return [
        title(block.title, set),
        ...inRows(block.items, 2).map(
          (row): Content => ({
            columns: row.map((item) => itemContent(item, set)),
            columnGap: 10,
            unbreakable: true,
            margin: [0, 0, 0, 8],
          }),
        ),
      ]
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

function widthsOf({ head, numbers }: Extract<Block, { kind: 'table' }>): ('auto' | '*')[] {
  const isShort = (column: number): boolean => head.length >= manyColumns && column < 2
  return head.map((_, column) => {
    if (numbers >= head.length) return isShort(column) ? 'auto' : '*'
    return column === 0 || column < numbers ? '*' : 'auto'
  })
}

const cell = (text: Content[], isNumber: boolean, isHead: boolean): TableCell => ({
  text,
  alignment: isNumber ? 'right' : 'left',
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
