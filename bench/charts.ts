/** Draws a report's figures as SVG files for `docs/performance.md`; they read in light and in dark. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bars, type Report, reportText } from './report.ts'

const folder = join(import.meta.dirname, '..', 'docs', 'images')
const colors = { float32: '#2f6fde', bfloat16: '#7a5af0', eager: '#9aa4b2', pytorch: '#d9822b' }
const ink = '#7d8590'
const label = 150
const room = 430
const row = 16

interface Bar {
  name: string
  value: number
  text: string
  color: string
}

interface Group {
  title: string
  bars: readonly Bar[]
  /** A line across the group's bars, such as a bar to reach. */
  mark?: number
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

function chart(title: string, groups: readonly Group[]): string {
  const largest = Math.max(
    ...groups.flatMap(({ bars, mark = 0 }) => [mark, ...bars.map(({ value }) => value)]),
  )
  const x = (value: number): number => label + (room * value) / largest
  let y = 40
  const parts = [`<text x="8" y="20" font-size="14" font-weight="600">${escaped(title)}</text>`]
  for (const group of groups) {
    parts.push(`<text x="8" y="${y + 12}" font-weight="600">${escaped(group.title)}</text>`)
    const top = y
    for (const { name, value, text, color } of group.bars) {
      parts.push(
        `<text x="${label - 6}" y="${y + 12}" text-anchor="end">${escaped(name)}</text>`,
        `<rect x="${label}" y="${y + 2}" width="${(x(value) - label).toFixed(1)}" height="${row - 4}" rx="2" fill="${color}"/>`,
        `<text x="${(x(value) + 5).toFixed(1)}" y="${y + 12}">${escaped(text)}</text>`,
      )
      y += row
    }
    if (group.mark !== undefined) {
      const at = x(group.mark).toFixed(1)
      parts.push(`<path d="M${at} ${top}V${y}" stroke="${ink}" stroke-dasharray="3 2"/>`)
    }
    y += 10
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 ${y}" width="700" height="${y}" font-family="system-ui, sans-serif" font-size="11" fill="${ink}">\n${parts.join('\n')}\n</svg>\n`
}

const isContestant = (name: string): name is keyof typeof colors => name in colors
const colorOf = (name: string): string => (isContestant(name) ? colors[name] : ink)

/** Puts the report and its pictures between the marks of `docs/performance.md`. */
export function writeFigures(report: Report): void {
  const file = join(folder, '..', 'performance.md')
  const pictures = writeCharts(report).map(({ title, name }) => `![${title}](images/${name})`)
  const text = `Measured on ${report.date.slice(0, 10)}.\n\n\`\`\`\n${reportText(report)}\`\`\`\n\n${pictures.join('\n\n')}`
  const figures = `<!-- figures -->\n${text}\n<!-- /figures -->`
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/<!-- figures -->.*<!-- \/figures -->/s, () => figures),
  )
}

/** The pictures that were drawn. */
function writeCharts(report: Report): { title: string; name: string }[] {
  const written: { title: string; name: string }[] = []
  const write = (name: string, title: string, groups: readonly Group[]): void => {
    mkdirSync(folder, { recursive: true })
    const file = `performance-${name}.svg`
    writeFileSync(join(folder, file), chart(title, groups))
    written.push({ title, name: file })
  }
  const { steps, growth, pipeline } = report
  if (steps) {
    const entries = Object.entries(steps.steps)
    write(
      'steps',
      'Milliseconds of a step; shorter is faster',
      entries.map(([title, { timings }]) => ({
        title,
        bars: Object.entries(timings).map(([name, { median }]) => ({
          name,
          value: median,
          text: median.toFixed(1),
          color: colorOf(name),
        })),
      })),
    )
    const compared = entries.filter(([, { againstPyTorch }]) => Object.keys(againstPyTorch).length > 0)
    if (compared.length > 0) {
      write(
        'ratios',
        'Times as fast as PyTorch; the dashed line is the bar',
        compared.map(([title, { againstPyTorch }]) => ({
          title,
          ...(bars[title] === undefined ? {} : { mark: bars[title] }),
          bars: Object.entries(againstPyTorch).map(([name, { median, low, high }]) => ({
            name,
            value: median,
            text: `${median.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`,
            color: colorOf(name),
          })),
        })),
      )
    }
  }
  if (growth) {
    write(
      'growth',
      'Milliseconds of a critic step by size and width',
      growth.map(({ size, width, critic }) => ({
        title: `${size} px, width ${width}`,
        bars: Object.entries(critic).map(([name, { median }]) => ({
          name,
          value: median,
          text: median.toFixed(0),
          color: colorOf(name),
        })),
      })),
    )
  }
  if (pipeline) {
    write(
      'pipeline',
      'Photographs a second, from JPEG file to row and map',
      pipeline.map(({ photographs, cold, warm, engineAlone }) => ({
        title: `${photographs} files`,
        mark: 0.8 * engineAlone,
        bars: [
          { name: 'graph alone', value: engineAlone, text: engineAlone.toFixed(1), color: colors.eager },
          { name: 'warm', value: warm, text: warm.toFixed(1), color: colors.float32 },
          { name: 'cold', value: cold, text: cold.toFixed(1), color: colors.bfloat16 },
        ],
      })),
    )
  }
  return written
}
