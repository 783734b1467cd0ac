/** Masks with several values or colors that no list names: said before an import, which unites them. */
import { join } from 'node:path'
import { type Message, message } from '../../../shared/messages/message.ts'
import { classTexts, interpretMask } from '../../images/mask.ts'
import { ImageRefusal } from '../../images/refusal.ts'
import { isSystemError } from '../../platform/system-error.ts'

/** So many masks are looked at, spread over all of them; the report of the import names every one. */
const mostLookedAt = 24

/** A note about the masks with several classes among those that were looked at; null where there is none. */
export async function unnamedClasses(
  root: string,
  masks: readonly string[],
): Promise<(Message & { file: string }) | null> {
  const step = Math.max(1, masks.length / mostLookedAt)
  const lookedAt = masks.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step))
  const found: string[] = []
  const texts = new Set<string>()
  for (const file of lookedAt) {
    const classes = await classesOf(join(root, file))
    if (classes.length < 2) continue
    found.push(file)
    for (const text of classes) texts.add(text)
  }
  const [file] = found
  if (file === undefined) return null
  const classes = [...texts].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1)).slice(0, 20)
  const params = { count: found.length, lookedAt: lookedAt.length, names: found.slice(0, 5), classes }
  return { file, ...message('mask-classes-unnamed', params) }
}

async function classesOf(path: string): Promise<string[]> {
  try {
    return classTexts((await interpretMask(path)).classes)
  } catch (error) {
    // A mask that cannot be read is named when it is imported.
    if (error instanceof ImageRefusal || isSystemError(error)) return []
    throw error
  }
}
