/** What lists of YOLO say: the names of classes, the splits, and how many numbers a line has beside its box. */
import { parse, YAMLError } from 'yaml'
import { z } from 'zod'
import type { Split } from '../../../shared/image.ts'
import { decodeText } from '../../platform/read-document.ts'

export interface YoloList {
  /** Names by the number of the class. */
  names: ReadonlyMap<number, string>
  /** Folders of photographs, or text files with their names, as the list writes them. */
  splits: { split: Split; path: string }[]
  /** Numbers of the keypoints of an object, which stand behind its box; 0 where there are none. */
  keypointNumbers: number
}

/** @throws SyntaxError where it is no list @param file its path, whose ending says its kind */
export function readYoloList(file: string, bytes: Uint8Array): YoloList {
  const { text } = decodeText(bytes)
  if (/\.ya?ml$/i.test(file)) return readYaml(text)
  if (/\.data$/i.test(file)) return readData(text)
  return { names: namesOf(text.replace(/\s+$/, '').split(/\r?\n/)), splits: [], keypointNumbers: 0 }
}

const word = z.union([z.string(), z.number(), z.boolean()]).transform((name) => String(name).trim())

function namesOf(names: readonly unknown[] | Readonly<Record<string, unknown>>): Map<number, string> {
  const found = new Map<number, string>()
  for (const [key, value] of Object.entries(names)) {
    const name = word.safeParse(value).data ?? ''
    if (/^\d{1,6}$/.test(key) && name !== '') found.set(Number(key), name)
  }
  return found
}

const paths = z
  .union([z.string().transform((path) => [path]), z.array(z.string())])
  .nullish()
  .catch(null)
const dataset = z.object({
  path: z.string().nullish().catch(null),
  train: paths,
  val: paths,
  valid: paths,
  validation: paths,
  test: paths,
  names: z
    .union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
    .nullish()
    .catch(null),
  kpt_shape: z.array(z.int().positive()).length(2).nullish().catch(null),
})
type Dataset = z.output<typeof dataset>

function readYaml(text: string): YoloList {
  let value: unknown
  try {
    value = parse(text, { logLevel: 'error' })
  } catch (error) {
    if (!(error instanceof YAMLError || error instanceof ReferenceError)) throw error
    throw new SyntaxError(error.message.replaceAll(/\s+/g, ' ').slice(0, 300), { cause: error })
  }
  const read = dataset.safeParse(value)
  if (!read.success) return { names: new Map(), splits: [], keypointNumbers: 0 }
  const { names, kpt_shape: keypoints, path } = read.data
  const [count = 0, each = 0] = keypoints ?? []
  return {
    names: namesOf(names ?? []),
    splits: splitsOf(read.data).map(({ split, path: own }) => ({ split, path: joined(path ?? '', own) })),
    keypointNumbers: count * each,
  }
}

const joined = (base: string, path: string): string =>
  base === '' || /^(?:[/\\]|[a-z]:)/i.test(path) ? path : `${base}/${path}`

function splitsOf({ train, val, valid, validation, test }: Omit<Dataset, 'names' | 'kpt_shape'>) {
  const all = { train: [train], validation: [val, valid, validation], test: [test] } as const
  return (['train', 'validation', 'test'] as const).flatMap((split) =>
    all[split].flatMap((named) => (named ?? []).map((path) => ({ split, path }))),
  )
}

/** `obj.data` of Darknet, which CVAT exports too: `train = data/train.txt` in each line. */
function readData(text: string): YoloList {
  const values = new Map(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const [, key = '', value = ''] = /^\s*(\w+)\s*=\s*(.*\S)\s*$/.exec(line) ?? []
      return key === '' ? [] : [[key.toLowerCase(), value]]
    }),
  )
  const pathOf = (key: string): string[] => [values.get(key) ?? []].flat()
  const splits = splitsOf({
    train: pathOf('train'),
    val: pathOf('val'),
    valid: pathOf('valid'),
    validation: pathOf('validation'),
    test: pathOf('test'),
  })
  return { names: new Map(), splits, keypointNumbers: 0 }
}
