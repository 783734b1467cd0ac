/** Files that are not taken, as rows for a terminal: many of one ending and one reason are one row. */
import type { Message } from '../../../shared/messages/message.ts'
import { wordsIn } from '../../../shared/messages/words.ts'

const english = wordsIn('en')

/** So many files of one ending and one reason are named one by one. */
const mostNamed = 10

export function refusedRows(refused: readonly (Message & { file: string })[]): string[][] {
  const groups = new Map<string, { file: string; ending: string; code: string; title: string }[]>()
  for (const refusal of refused) {
    const { file, code } = refusal
    const ending = /\.[^./\\]+$/.exec(file)?.[0].toLowerCase() ?? ''
    const title = english.text('failure', refusal, 'title')
    const key = JSON.stringify([ending, code, title])
    const known = groups.get(key)
    if (known) known.push({ file, ending, code, title })
    else groups.set(key, [{ file, ending, code, title }])
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined || group.length <= mostNamed) {
      return group.map(({ file, code, title }) => [file, code, title])
    }
    const kind = first.ending === '' ? 'without an ending' : `of *${first.ending}`
    return [[`${first.file} and ${group.length - 1} more ${kind}`, first.code, first.title]]
  })
}
