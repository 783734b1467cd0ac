import { createPinia, setActivePinia } from 'pinia'
import { afterEach, describe, expect, it } from 'vitest'
import { useNoticesStore } from '../../src/renderer/data/notices.ts'
import {
  doctorFacts,
  failureText,
  findingText,
  problemText,
  refusalOf,
  refusalText,
  warningText,
} from '../../src/renderer/failure-text.ts'
import chinese from '../../src/renderer/i18n/failures.zh-CN.json'
import { i18n } from '../../src/renderer/i18n/index.ts'
import { findingSchema } from '../../src/shared/doctor.ts'
import { refusalCodeSchema } from '../../src/shared/import.ts'
import { problemSchema } from '../../src/shared/workspace.ts'

/** What main and the engine say. The command line's own words never reach a window. */
const sources = Object.entries(
  import.meta.glob<string>(['../../src/main/**/*.ts', '../../src/shared/**/*.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
).filter(([file]) => !file.includes('/main/commands/'))

const found = (patterns: RegExp[], within = /./): string[][] =>
  sources
    .filter(([file]) => within.test(file))
    .flatMap(([, source]) =>
      patterns.flatMap((pattern) => [...source.matchAll(pattern)].map((match) => match.slice(1))),
    )

const codes = new Set(found([/new Failure\(\s*'([\w-]+)'/g, /\bcode: '([\w-]+)',\s+message\b/g]).flat())

const full = { code: 'disk-full', message: 'The disk is full.', remedy: 'Free some space.' }

describe('the Chinese words of failures', () => {
  it('are there for every code that main throws, and for no other', () => {
    expect(Object.keys(chinese.failure).sort()).toEqual([...codes].sort())
  })

  it('are there for every code of a refused file', () => {
    expect(Object.keys(chinese.refusal).sort()).toEqual([...refusalCodeSchema.options].sort())
  })

  it('are there for every problem of a checked workspace', () => {
    expect(Object.keys(chinese.problem).sort()).toEqual([...problemSchema.shape.code.options].sort())
  })

  it('are there for every finding of the doctor', () => {
    expect(Object.keys(chinese.finding).sort()).toEqual([...findingSchema.shape.code.options].sort())
  })

  it('leave nothing empty', () => {
    const { failure, refusal, problem, finding } = chinese
    const said = [failure, refusal, problem, finding].flatMap((section) =>
      Object.values(section).flatMap((entry) => Object.values(entry)),
    )
    expect(said.filter((text) => !/\p{Script=Han}/u.test(text))).toEqual([])
  })
})

describe('a failure', () => {
  it('is shown in an English window as main says it', () => {
    expect(failureText(full, 'en')).toEqual({ title: full.message, remedy: full.remedy, original: null })
  })

  it('is shown in a Chinese window in Chinese, with what main says beneath', () => {
    expect(failureText(full, 'zh-CN')).toEqual({
      ...chinese.failure['disk-full'],
      original: 'The disk is full. Free some space.',
    })
  })

  it('of a file that was refused has its words too', () => {
    expect(failureText({ ...full, code: 'too-small' }, 'zh-CN')).toMatchObject(chinese.refusal['too-small'])
  })

  it('with a code that nobody knows falls back to what main says', () => {
    const unknown = { ...full, code: 'of-a-later-version' }
    expect(failureText(unknown, 'zh-CN')).toEqual({
      title: full.message,
      remedy: full.remedy,
      original: null,
    })
  })
})

describe('a failure in the corner', () => {
  afterEach(() => {
    i18n.global.locale.value = 'en'
  })

  it('speaks the language of the window', () => {
    setActivePinia(createPinia())
    i18n.global.locale.value = 'zh-CN'
    const notices = useNoticesStore()
    notices.fail(full)
    const { title, remedy } = chinese.failure['disk-full']
    expect(notices.notices).toMatchObject([
      { title, detail: remedy, original: 'The disk is full. Free some space.' },
    ])
  })
})

describe('the reason of a refused file', () => {
  it('is shown in an English window as it is', () => {
    expect(refusalText('empty file: zero bytes', 'en')).toEqual({
      title: 'empty file: zero bytes',
      remedy: '',
      original: null,
    })
  })

  it('is shown in a Chinese window in Chinese, with the numbers beneath', () => {
    const reason = 'too small: 8 x 8, each side must have 16 pixels'
    expect(refusalText(reason, 'zh-CN')).toEqual({ ...chinese.refusal['too-small'], original: reason })
  })

  it('begins with its code, by which it is known where the code is not sent', () => {
    const reasons = found([/ImageRefusal\(\s*'([\w-]+)',\s*['`]([^'`]+)/g], /\/main\/images\//)
    expect(reasons.length).toBeGreaterThan(10)
    expect(reasons.filter(([code, reason = '']) => refusalOf(reason) !== code)).toEqual([])
  })

  it('that is none of these stays as it is', () => {
    expect(refusalText('the camera was unplugged', 'zh-CN')).toMatchObject({
      title: 'the camera was unplugged',
    })
  })
})

describe('a warning about an image', () => {
  const warnings = (): string[] =>
    found(
      [
        /warnings\.push\(['`]([^'`]+)/g,
        /\bwarnings?:\s+(?:small \? \[)?['`]([^'`]+)/g,
        /\brefuse\(['`]([^'`]+)/g,
      ],
      /\/main\/(images|import|engine\/scoring)\//,
    )
      .flat()
      .map((warning) => warning.replaceAll(/\$\{[^}]*(?:\}|$)/g, '3'))
      // The message of a refusal follows: the test of reasons is about these.
      .filter((warning) => warning !== 'not used: 3')

  it('is Chinese in a Chinese window, whichever main says, and none is there that main does not say', () => {
    const said = warnings().map((warning) =>
      warningText(warning, 'zh-CN').replaceAll('3 x 3', '3').replaceAll('3', '{}'),
    )
    const known = Object.entries(chinese.warning).flatMap(([name, text]) =>
      /^(mask-refused$|skip-|provider-)/.test(name) ? [] : [text.replaceAll(/\{\w+\}/g, '{}')],
    )
    expect([...new Set(said)].sort()).toEqual(known.sort())
  })

  it.each([
    ['it marks no pixel', '它没有标出任何像素'],
    ['no image of the dataset is called a/1.png', '数据集中没有名为 a/1.png 的图像'],
    ['it has 2 x 3 pixels, a.png has 4 x 5', '它为 2 x 3 像素，而 a.png 为 4 x 5'],
    ['it is not a file of the format coco', '它不是 coco 格式的文件'],
    ['unsupported type: shapes of the kind line have no area', 'line 类形状没有面积'],
    ['The validation set of "a" is frozen since 1.1.: no image can join it.', '该图像在已冻结的验证集中'],
    ['The TensorFlow library sees a GPU.', 'TensorFlow 库检测到 GPU。'],
    [
      'The TensorFlow library sees no GPU and uses the processor.',
      'TensorFlow 库未检测到 GPU，使用处理器计算。',
    ],
    ['tfjs-node started without its native binding.', 'tfjs-node 启动时没有本机绑定。'],
    ['The TensorFlow library could not be loaded: no file', '无法加载 TensorFlow 库：no file'],
    ['FANOSCOPE_BACKEND=cpu asks for plain JavaScript.', 'FANOSCOPE_BACKEND=cpu 要求使用纯 JavaScript。'],
  ])('says in Chinese why a mask was skipped or why the engine computes as it does: %s', (english, said) => {
    expect(warningText(english, 'zh-CN')).toBe(said)
    expect(warningText(english, 'en')).toBe(english)
  })

  it('names the labels and the reason of a refusal in Chinese too', () => {
    expect(
      warningText(
        'the same photograph is labeled normal as good/a.png and anomalous here; the first was kept',
        'zh-CN',
      ),
    ).toBe('相同的照片在 good/a.png 处的标签为正常，在此处为异常；保留了前者')
    expect(warningText('not used: empty file: zero bytes', 'zh-CN')).toBe('掩膜未使用：文件没有内容。')
  })

  it('keeps its number', () => {
    const warning = 'the file has 12 pages; only the first page is used'
    expect(warningText(warning, 'zh-CN')).toContain('12')
    expect(warningText(warning, 'en')).toBe(warning)
  })
})

describe('what a check finds', () => {
  it('in a workspace is told by its code', () => {
    const problem = {
      code: 'file-changed',
      file: 'images/a.png',
      message: 'Other bytes.',
      remedy: 'Restore it.',
    } as const
    expect(problemText(problem, 'zh-CN')).toEqual({
      ...chinese.problem['file-changed'],
      original: 'Other bytes.',
    })
    expect(problemText(problem, 'en')).toMatchObject({ title: 'Other bytes.', remedy: 'Restore it.' })
  })

  it('on the machine is told by its code, where the report itself is not read', () => {
    const finding = {
      code: 'gpu-missing',
      piece: 'gpu',
      weight: 'limits',
      what: 'There is no GPU.',
      cost: 'It is slow.',
      remedy: 'Install one.',
    } as const
    expect(findingText(finding, 'zh-CN')).toEqual(chinese.finding['gpu-missing'])
    expect(findingText(finding, 'en')).toBeNull()
  })
})

describe('the facts of the doctor', () => {
  const text = [
    'Node         v24.1.0 (wanted: >=24)',
    'Memory       16 GB, 4 GB of it free',
    'GPU          none from NVIDIA',
    'TensorFlow   2.21.0. The TensorFlow library sees no GPU and uses the processor.',
    'Proof        MatMul on /CPU:0: right, 320 GFLOP/s',
    'Workspace    /data/line (open)',
    '',
    '• No GPU.',
  ].join('\n')

  it('are read line by line, up to what is missing', () => {
    expect(doctorFacts(text, 'en').map(({ name }) => name)).toEqual([
      'Node',
      'Memory',
      'GPU',
      'TensorFlow',
      'Proof',
      'Workspace',
    ])
    expect(doctorFacts(text, 'en')[2]).toEqual({ name: 'GPU', value: 'none from NVIDIA' })
  })

  it('are told in Chinese, names and numbers as they are', () => {
    expect(doctorFacts(text, 'zh-CN')).toEqual([
      { name: 'Node', value: 'v24.1.0（要求：>=24）' },
      { name: '内存', value: '16 GB，其中空闲 4 GB' },
      { name: 'GPU', value: '没有 NVIDIA 显卡' },
      { name: 'TensorFlow', value: '2.21.0。TensorFlow 库未检测到 GPU，使用处理器计算。' },
      { name: '计算验证', value: 'MatMul on /CPU:0：正确，320 GFLOP/s' },
      { name: '工作区', value: '/data/line（已打开）' },
    ])
  })
})
