/** One word for each thing, in both languages, and none that only programmers say. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'

const root = join(import.meta.dirname, '..', '..')

type Words = { [key: string]: Words | string }
const wordsSchema: z.ZodType<Words> = z.lazy(() => z.record(z.string(), z.union([z.string(), wordsSchema])))

/** Every text of a locale file with the keys that lead to it. */
function textsOf(file: string): [key: string, text: string][] {
  const walk = (words: Words, path: string): [string, string][] =>
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'string'
        ? [[`${path}${key}`, value] as [string, string]]
        : walk(value, `${path}${key}.`),
    )
  return walk(wordsSchema.parse(JSON.parse(readFileSync(join(root, file), 'utf8'))), `${file}: `)
}

const texts = (language: string) =>
  [`src/renderer/i18n/${language}.json`, `src/shared/messages/${language}.json`].flatMap(textsOf)

/** Formulas are shown to who asks for them. */
const isFormula = (key: string): boolean => key.includes('formula')

const forbidden: [language: string, word: RegExp, instead: string][] = [
  ['zh-CN', /合格/, '良品'],
  ['zh-CN', /热图/, '热力图'],
  ['zh-CN', /误判|误拒|误剔/, '过杀'],
  ['zh-CN', /漏报/, '漏检'],
  ['zh-CN', /[该本两]个?运行(?!中)|(?:还没有|已训练的)运行/, '训练记录'],
  ['zh-CN', /误报|报警/, '过杀, 可疑'],
  ['zh-CN', /缺陷品|不良品|次品/, '缺陷件'],
  ['zh-CN', /工件|部件/, '零件'],
  ['zh-CN', /现场零件/, '在线零件'],
  ['zh-CN', /子集/, '划分'],
  ['zh-CN', /图片/, '照片, 图像'],
  ['zh-CN', /评判器|鉴别器/, '判别器'],
  ['zh-CN', /复判|审核/, '复核'],
  ['zh-CN', /打分/, '评分'],
  ['zh-CN', /掩码|遮罩/, '掩膜'],
  ['zh-CN', /(.)集集/, '测试集, 验证集'],
  ['en', /\b[Aa] second\b(?! (?:run|look|person))/, 'per second'],
  ['en', /\banew\b|\bso far\b(?= *$)/, 'again, current'],
  ['en', /\b(?:At least|At most) so (?:much|many)\b/, 'Minimum, Maximum'],
  ['en', /\bnot worse, not \w+\b/, 'no clear difference'],
  ['en', /\bheatmap\b/i, 'heat map'],
  ['en', /\b[Pp]assed over\b/, 'Skipped'],
  ['en', /^Least\b/, 'Minimum, Lowest'],
  ['en', /\bfalse alarms?\b/i, 'false reject'],
]

it.each(forbidden)('%s: not %s, but %s', (language, word) => {
  const found = texts(language).filter(([key, text]) => !isFormula(key) && word.test(text))
  expect(found).toEqual([])
})

it.each(['en', 'zh-CN'])(
  '%s: no formula, no target as commands write it, no error code of a system',
  (language) => {
    const raw = /G\(E\(x\)\)|G\(z\)|ENOENT|EACCES|\bscandir\b|\b(?:fpr|recall|percentile)=\d/
    const found = texts(language).filter(([key, text]) => !isFormula(key) && raw.test(text))
    expect(found).toEqual([])
  },
)

it('no name of a split in Chinese is followed by the character that it ends with', () => {
  const found = textsOf('src/renderer/i18n/zh-CN.json').filter(([, text]) => /\{split\}集/.test(text))
  expect(found).toEqual([])
})
