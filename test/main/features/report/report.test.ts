import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inFonts } from '../../../../src/main/features/report/fonts.ts'
import { reportLanguages, sayIn } from '../../../../src/main/features/report/words.ts'
import { writeReport } from '../../../../src/main/features/report/write-report.ts'
import { pdfContent } from './pdf-text.ts'
import { reported } from './reported.ts'

describe('a report as HTML', () => {
  it('needs nothing but itself, and says what was measured and decided', async () => {
    const { workspace, request, to } = await reported()
    const file = to('report.html')
    expect(await writeReport(workspace, { ...request, to: file })).toBe(8)
    const html = readFileSync(file, 'utf8')
    expect(html).not.toMatch(/<script|(?:src|href)="(?!data:)/)
    expect(html.match(/data:image\/jpeg/g)).toHaveLength(8)
    // All four defects score higher than all four good parts.
    expect(html).toContain('1.000')
    expect(html).toContain('ab'.repeat(32))
    expect(html).toContain('李雷')
    expect(html).toContain('part &lt;0&gt;.png')
    expect(html).not.toContain('part <0>.png')
    expect(html).toContain('No threshold was set')
  })

  it('is Chinese where that was asked for', async () => {
    const { workspace, request, to } = await reported()
    const file = to('report.html')
    await writeReport(workspace, { ...request, language: 'zh-CN', to: file })
    const html = readFileSync(file, 'utf8')
    expect(html).toContain('<html lang="zh-CN">')
    expect(html).toContain('检测报告')
  })

  it('brings the characters of its Chinese, and no more', async () => {
    const { workspace, request, to } = await reported()
    const written = async (language: 'en' | 'zh-CN'): Promise<string> => {
      const file = to('report.html')
      await writeReport(workspace, { ...request, language, to: file })
      return readFileSync(file, 'utf8')
    }
    const rules = (html: string): string[] => html.match(/@font-face \{[^}]*\}/g) ?? []
    // The name of an operator is Chinese in either.
    const english = rules(await written('en'))
    expect(english.length).toBeGreaterThan(0)
    expect(english.length).toBeLessThan(4)
    const chinese = await written('zh-CN')
    expect(rules(chinese).length).toBeGreaterThan(english.length)
    expect(rules(chinese).every((rule) => rule.includes('src: url(data:font/woff2;base64,'))).toBe(true)
    expect(chinese).toContain('font-src data:')
    expect(chinese.length).toBeLessThan(1_500_000)
  })
})

describe('a report of a run with a pretrained network', () => {
  it.each(['html', 'pdf'] as const)('names it, its licence and its origin (%s)', async (form) => {
    const { workspace, request, to } = await reported({ backbone: 'efficientnet-lite2' })
    const file = to(`report.${form}`)
    await writeReport(workspace, { ...request, form, to: file })
    const bytes = readFileSync(file)
    // The PDF allows line breaks after hyphens.
    const text = form === 'html' ? bytes.toString('utf8') : pdfContent(bytes).text.replaceAll('- ', '-')
    for (const said of ['Pretrained network', 'EfficientNet-Lite2', 'Apache-2.0', 'ML Illustrated']) {
      expect(text).toContain(said)
    }
  })

  it.each([{}, { backbone: 'none' }, { backbone: null }])(
    'says nothing of one that is not used: %o',
    async (config) => {
      const { workspace, request, to } = await reported(config)
      const file = to('report.html')
      await writeReport(workspace, { ...request, to: file })
      expect(readFileSync(file, 'utf8')).not.toContain('Pretrained network')
    },
  )
})

describe('a report as PDF', () => {
  it('is one file with its pages', async () => {
    const { workspace, request, to } = await reported()
    const file = to('report.pdf')
    await writeReport(workspace, { ...request, form: 'pdf', to: file })
    const bytes = readFileSync(file)
    expect(bytes.subarray(0, 5).toString('latin1')).toBe('%PDF-')
    const { pages, text } = pdfContent(bytes)
    expect(pages).toBeGreaterThan(0)
    expect(text).toContain('ab'.repeat(8))
    expect(text).toContain('Inspection report')
  })

  it.each(reportLanguages)(
    'has all its characters in fonts of its own, also Chinese names (%s)',
    async (language) => {
      const { workspace, request, to } = await reported()
      const file = to('report.pdf')
      await writeReport(workspace, { ...request, language, form: 'pdf', to: file })
      const { text, nameless, fonts } = pdfContent(readFileSync(file))
      expect(text).toContain(sayIn(language)('title'))
      expect(text).toContain(sayIn(language)('galleryFalse'))
      expect(text).toContain('李雷')
      expect(nameless).toBe(0)
      expect(fonts.filter(({ embedded }) => !embedded)).toEqual([])
      expect(fonts.some(({ name }) => name.includes('NotoSansSC'))).toBe(true)
    },
  )
})

describe('the fonts of a report', () => {
  it('leave a text in one piece where one font has it all', () => {
    expect(inFonts('Good parts – 95 %', 'en')).toEqual([{ text: 'Good parts – 95 %', font: 'Roboto' }])
  })

  it('keep the order of what they part', () => {
    const pieces = inFonts('AUROC 曲线 ≥ 0.5', 'zh-CN')
    expect(pieces.map(({ text }) => text).join('')).toBe('AUROC 曲线 ≥ 0.5')
    expect(new Set(pieces.map(({ font }) => /^Noto Sans SC/.test(font)))).toEqual(new Set([true]))
  })

  it('take a place for a line break from the font that has one', () => {
    const [, place] = inFonts('part-\u200b7', 'zh-CN')
    expect(place).toEqual({ text: '\u200b', font: 'Roboto' })
  })
})

describe('the words of a report', () => {
  it.each(reportLanguages)('take the values that belong in them (%s)', (language) => {
    expect(sayIn(language)('page', { page: 2, pages: 5 })).toMatch(/2.*5/)
    expect(sayIn(language)('made', { version: '1', time: 'x' })).not.toContain('{')
  })
})
