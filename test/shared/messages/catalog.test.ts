import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { comparisonSchema } from '../../../src/shared/comparison.ts'
import { findingSchema } from '../../../src/shared/doctor.ts'
import { refusalCodeSchema } from '../../../src/shared/import.ts'
import en from '../../../src/shared/messages/en.json' with { type: 'json' }
import { inside, message, recordedBefore, topics } from '../../../src/shared/messages/message.ts'
import { wordsIn } from '../../../src/shared/messages/words.ts'
import chinese from '../../../src/shared/messages/zh-CN.json' with { type: 'json' }
import { thresholdNoticeSchema } from '../../../src/shared/threshold.ts'
import { retrainingWarningSchema, trainingWarningSchema } from '../../../src/shared/training.ts'
import { problemSchema } from '../../../src/shared/workspace.ts'

type Entry = string | Readonly<Record<string, string>>
type Catalog = Readonly<Record<string, Readonly<Record<string, Entry>>>>

/** Topics whose entries are made by `message(code)` or as the code of a schema; failures have a test of their own, `failures.test.ts`. */
const topicsOfMessages = [
  'warning',
  'notice',
  'problem',
  'finding',
  'fact',
  'reason',
  'stored',
  'label',
  'verdict',
] as const

/** Every sentence by `topic.code` or `topic.code.part`. */
function sentencesOf(catalog: Catalog): Map<string, string> {
  const all = new Map<string, string>()
  for (const topic of topicsOfMessages) {
    for (const [code, entry] of Object.entries(catalog[topic] ?? {})) {
      if (typeof entry === 'string') all.set(`${topic}.${code}`, entry)
      else for (const [part, text] of Object.entries(entry)) all.set(`${topic}.${code}.${part}`, text)
    }
  }
  return all
}

const english = sentencesOf(en)
const han = sentencesOf(chinese)
const placeholders = (text = ''): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))].sort()

/** The code of an entry without its case. */
const codesOf = (topic: keyof typeof en): Set<string> =>
  new Set(Object.keys(en[topic]).map((entry) => entry.split('/')[0] ?? ''))

const sources = globSync('src/{main,shared}/**/*.ts', { exclude: ['src/main/store/migrations/**'] }).map(
  (file) => readFileSync(file, 'utf8'),
)
/** Every text in quotes of the code that makes messages. */
const quoted = new Set(
  sources.flatMap((source) => [...source.matchAll(/'([\w-]+)'/g)].map(([, text = '']) => text)),
)

describe('the locale files of messages', () => {
  it('have the same sentences in both languages', () => {
    expect([...han.keys()].sort()).toEqual([...english.keys()].sort())
  })

  it('have the same values in the same sentence', () => {
    const differing = [...english].filter(
      ([key, text]) => placeholders(text).join() !== placeholders(han.get(key)).join(),
    )
    expect(differing).toEqual([])
  })

  it('say in Chinese what is more than values and names', () => {
    const names = /^(?:Fanoscope|Node|GPU|TensorFlow|Electron)$/
    const foreign = [...han].filter(([key, text]) => {
      const isSaid = /\p{Script=Han}/u.test(text) || names.test(text)
      const isWordless = !/[A-Za-z]{2}/.test((english.get(key) ?? '').replaceAll(/\{\w+\}|GB/g, ''))
      return !isSaid && !isWordless
    })
    expect(foreign).toEqual([])
  })

  it('have the sentence of a code without its case, or every case is given', () => {
    for (const topic of topicsOfMessages) {
      const entries = Object.keys(en[topic])
      const homeless = entries.filter(
        (entry) => entry.includes('/') && !entries.includes(entry.split('/')[0] ?? ''),
      )
      expect(homeless, topic).toEqual([])
    }
  })
})

describe('the codes of messages', () => {
  it('each have their words, wherever the code makes one by its name', () => {
    const made = new Set(
      sources.flatMap((source) =>
        [...source.matchAll(/\bmessage\(\s*'([\w-]+)'/g)].map(([, code = '']) => code),
      ),
    )
    const known = new Set(topics.flatMap((topic) => [...codesOf(topic)]))
    expect(made.size).toBeGreaterThan(50)
    expect([...made].filter((code) => !known.has(code))).toEqual([])
  })

  it('each are made somewhere, with their cases', () => {
    for (const topic of topicsOfMessages) {
      const parts = new Set(Object.keys(en[topic]).flatMap((entry) => entry.split('/')))
      expect(
        [...parts].filter((part) => !quoted.has(part)),
        topic,
      ).toEqual([])
    }
  })

  it.each([
    ['failure', refusalCodeSchema.options],
    ['problem', problemSchema.shape.code.options],
    ['finding', findingSchema.shape.code.options],
    ['notice', thresholdNoticeSchema.shape.code.options],
    ['warning', trainingWarningSchema.shape.code.options],
    ['warning', retrainingWarningSchema.shape.code.options],
    ['warning', comparisonSchema.shape.warnings.element.options],
  ] as const)('of a schema have their words in the topic %s', (topic, codes) => {
    expect(codes.filter((code) => !codesOf(topic).has(code))).toEqual([])
  })

  it('of problems and findings are those of their schemas and no others', () => {
    const problems = [...problemSchema.shape.code.options, recordedBefore]
    expect([...codesOf('problem')].sort()).toEqual(problems.sort())
    expect([...codesOf('finding')].sort()).toEqual([...findingSchema.shape.code.options].sort())
    expect([...codesOf('notice')].sort()).toEqual([...thresholdNoticeSchema.shape.code.options].sort())
  })

  it('of refused files have the words of each case in which they are thrown', () => {
    const cases = sources.flatMap((source) =>
      [...source.matchAll(/ImageRefusal\(\s*'([\w-]+)',\s*\{ case: '([\w-]+)'/g)].map(
        ([, code = '', name = '']) => `${code}/${name}`,
      ),
    )
    expect(cases.length).toBeGreaterThan(10)
    expect(cases.filter((entry) => !(entry in en.failure))).toEqual([])
  })
})

const inEnglish = wordsIn('en')
const inChinese = wordsIn('zh-CN')

describe('a warning', () => {
  it.each([
    [
      message('first-page-only', { pages: 12 }),
      'the file has 12 pages; only the first page is used',
      '文件有 12 页，只使用第一页',
    ],
    [
      message('other-label', {
        label: inside('label', message('normal')),
        file: 'good/a.png',
        other: inside('label', message('anomalous')),
      }),
      'the same photograph is labeled normal as good/a.png and anomalous here; the first was kept',
      '相同的照片在 good/a.png 处的标签为正常，在此处为异常；保留了前者',
    ],
    [
      message('mask-refused', { refusal: inside('failure', message('empty-file')) }),
      'not used: empty file: zero bytes',
      '掩膜未使用：文件没有内容。',
    ],
    [
      message('mask-size', { width: 2, height: 3, file: 'a.png', fileWidth: 4, fileHeight: 5 }),
      'not used: the mask has 2 x 3 pixels, a.png has 4 x 5',
      '掩膜未使用：掩膜为 2 x 3 像素，而 a.png 为 4 x 5',
    ],
  ])('is worded with its values in both languages', (warning, words, chineseWords) => {
    expect(inEnglish.text('warning', warning)).toBe(words)
    expect(inChinese.text('warning', warning)).toBe(chineseWords)
  })

  it('of before messages were data is shown as it was recorded', () => {
    const warning = message('recorded-before', { text: 'the {camera} was @home | away' })
    expect(inEnglish.text('warning', warning)).toBe('the {camera} was @home | away')
    expect(inChinese.text('warning', warning)).toBe('the {camera} was @home | away')
  })
})

describe('a reason', () => {
  it.each([
    [message('marks-no-pixel'), 'it marks no pixel', '它没有标出任何像素'],
    [
      message('no-such-image', { name: 'a/1.png' }),
      'no image of the dataset is called a/1.png',
      '数据集中没有名为 a/1.png 的图像',
    ],
    [
      message('other-size', { width: 2, height: 3, file: 'a.png', fileWidth: 4, fileHeight: 5 }),
      'it has 2 x 3 pixels, a.png has 4 x 5',
      '它为 2 x 3 像素，而 a.png 为 4 x 5',
    ],
    [
      message('not-of-format', { format: 'coco' }),
      'it is not a file of the format coco',
      '它不是 coco 格式的文件',
    ],
    [message('library-sees-gpu'), 'The TensorFlow library sees a GPU.', 'TensorFlow 库检测到 GPU。'],
    [
      message('library-sees-no-gpu'),
      'The TensorFlow library sees no GPU and uses the processor.',
      'TensorFlow 库未检测到 GPU，使用处理器计算。',
    ],
    [
      message('library-without-binding'),
      'tfjs-node started without its native binding.',
      'tfjs-node 启动时没有本机绑定。',
    ],
    [
      message('library-not-loaded', { words: 'no file' }),
      'The TensorFlow library could not be loaded: no file',
      '无法加载 TensorFlow 库：no file',
    ],
    [
      message('javascript-asked-for'),
      'FANOSCOPE_BACKEND=cpu asks for plain JavaScript.',
      'FANOSCOPE_BACKEND=cpu 要求使用纯 JavaScript。',
    ],
  ])('says why a mask was skipped or why the engine computes as it does', (reason, words, chineseWords) => {
    expect(inEnglish.text('reason', reason)).toBe(words)
    expect(inChinese.text('reason', reason)).toBe(chineseWords)
  })
})

describe('a refused file', () => {
  const small = message('too-small', { width: 8, height: 8, least: 16 })

  it('has its numbers and what to do in both languages', () => {
    expect(inEnglish.text('failure', small, 'title')).toBe('too small: 8 x 8, each side must have 16 pixels')
    expect(inChinese.text('failure', small, 'title')).toBe('图像尺寸过小：8 x 8，每边至少需要 16 像素。')
    expect(inChinese.text('failure', small, 'remedy')).toBe('请以更高的分辨率拍摄零件，或去除该文件。')
  })

  it('in a case has the remedy of its code', () => {
    const cut = message('truncated', { case: 'chunk', type: 'IDAT' })
    expect(inEnglish.text('failure', cut, 'title')).toBe('truncated: the file ends inside its IDAT chunk')
    expect(inEnglish.text('failure', cut, 'remedy')).toMatch(/^Copy the file again/)
  })

  it('begins with its code in English, by which whoever reads a CSV file knows it', () => {
    const titles = Object.entries(en.failure).flatMap(([entry, { title }]) => {
      const [code = '', name] = entry.split('/')
      const isRefusal = refusalCodeSchema.safeParse(code).success && name !== 'shapes'
      return isRefusal ? [[code, title] as const] : []
    })
    expect(titles.length).toBeGreaterThan(30)
    expect(titles.filter(([code, title]) => !title.startsWith(code.replaceAll('-', ' ')))).toEqual([])
  })
})

describe('what a check finds', () => {
  it('in a workspace is told with its numbers', () => {
    const problem = message('file-changed', { case: 'size', bytes: 10, expected: 12 })
    expect(inEnglish.text('problem', problem, 'title')).toBe('10 bytes instead of 12')
    expect(inChinese.text('problem', problem, 'title')).toBe('文件为 10 字节，而应为 12 字节')
    expect(inChinese.text('problem', problem, 'remedy')).toBe(
      '请从工作区的备份恢复该文件，或移除该图像并重新导入照片。',
    )
  })

  it('on the machine says what happened and what to do of the failure behind it', () => {
    const failure = inside(
      'failure',
      message('recorded-before', { message: 'It ended.', remedy: 'Set up again.' }),
    )
    const finding = message('engine-broken', { failure })
    expect(inEnglish.text('finding', finding, 'title')).toBe('It ended.')
    expect(inEnglish.text('finding', finding, 'remedy')).toBe('Set up again.')
    expect(inChinese.text('finding', finding, 'cost')).toMatch(/^无法训练和评分/)
  })
})

describe('a notice on a threshold', () => {
  const notice = (needed: number | null) =>
    message('too-few-normals', {
      ...(needed === null ? { case: 'never' } : { needed }),
      normal: 40,
      asked: { share: needed === null ? 0 : 0.01 },
      highest: { share: 0.08762 },
    })

  it('has its shares in percent', () => {
    expect(inEnglish.text('notice', notice(381))).toBe(
      '40 good validation images cannot show a false-reject rate of 1 %: with none of them flagged it may still be 8.76 %. At least 381 are needed.',
    )
    expect(inChinese.text('notice', notice(381))).toContain('仍可能高达 8.76 %')
  })

  it('says where no number of images would do', () => {
    expect(inEnglish.text('notice', notice(null))).toMatch(/No number of images shows a rate of 0\.$/)
  })
})
