/** The names of the classes of masks, where a file beside the masks lists them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Message, message } from '../../../shared/messages/message.ts'
import type { MaskClass } from '../../images/mask-classes.ts'
import { decodeText } from '../../platform/read-document.ts'
import { isSystemError } from '../../platform/system-error.ts'
import { meaningOf } from './label-words.ts'

/** Gives the name of a class; null where nothing lists it. */
export type ClassNames = (found: MaskClass) => string | null

const hexOf = (red: number, green: number, blue: number): string =>
  `#${[red, green, blue].map((value) => value.toString(16).padStart(2, '0')).join('')}`

/** Of MVTec LOCO: which value each kind of defect has in its masks. */
const locoSchema = z.array(z.object({ defect_name: z.string(), pixel_value: z.int() }))

/**
 * @param lists files below the folder that `isClassList` takes
 * @param onUnread gets a message of the topic `warning` about a list that cannot be read, which names nothing then
 */
export async function readClassNames(
  folder: string,
  lists: readonly string[],
  onUnread: (about: Message & { file: string }) => void,
): Promise<ClassNames> {
  const read: { file: string; bytes: Uint8Array }[] = []
  for (const file of lists) {
    try {
      read.push({ file, bytes: await readFile(join(folder, file)) })
    } catch (error) {
      if (!isSystemError(error)) throw error
      onUnread({ file, ...message('list-unreadable', { reason: error.message }) })
    }
  }
  return classNames(read)
}

function classNames(lists: readonly { file: string; bytes: Uint8Array }[]): ClassNames {
  const byValue = new Map<number, string>()
  const byColor = new Map<string, string>()
  for (const { file, bytes } of lists) {
    const { text } = decodeText(bytes)
    if (/\.json$/i.test(file)) addLoco(text, byValue)
    else if (/labelmap\.txt$/i.test(file)) addLabelMap(text, byColor)
    else addLines(text, byValue)
  }
  return ({ value, color }) => {
    const named = color === null ? undefined : byColor.get(color)
    return named ?? (value === null ? null : (byValue.get(value) ?? null))
  }
}

function addLoco(text: string, byValue: Map<number, string>): void {
  try {
    const read = locoSchema.safeParse(JSON.parse(text))
    for (const { defect_name: name, pixel_value: value } of read.data ?? []) byValue.set(value, name)
  } catch {
    // It is another file of this name: the classes stay without names, which the import says of each mask.
  }
}

/** Of CVAT: `crack:128,0,0::`, a class in each line. */
function addLabelMap(text: string, byColor: Map<string, string>): void {
  for (const line of text.split(/\r?\n/)) {
    const [, name = '', red, green, blue] = /^([^#:][^:]*):(\d{1,3}),(\d{1,3}),(\d{1,3}):/.exec(line) ?? []
    if (name.trim() !== '') byColor.set(hexOf(Number(red), Number(green), Number(blue)), name.trim())
  }
}

/** Of labelme: a name in each line, from the background on, which is 0; before it may stand what is ignored. */
function addLines(text: string, byValue: Map<number, string>): void {
  const names = text.split(/\r?\n/).map((line) => line.trim())
  const first = names[0] === '__ignore__' ? -1 : 0
  const ground = names[0 - first] ?? ''
  if (ground === '' || meaningOf(ground) !== 'ignored') return
  for (const [i, name] of names.entries()) {
    if (name !== '' && i + first > 0) byValue.set(i + first, name)
  }
}
