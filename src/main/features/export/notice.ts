/** The licence notices that go with an exported model, as a file beside it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applicationRoot } from '../../platform/application-root.ts'

export const noticeFile = 'NOTICE.txt'

const apache = 'Apache-2.0'

/** Null where nothing of the model is another's. Like every licence notice it is not translated. */
export async function noticeText(notices: readonly string[]): Promise<string | null> {
  if (notices.length === 0) return null
  const text = `This model holds pretrained networks that others made:

${notices.join('\n')}

Layers behind the last one that is used are left out, and batch normalization is folded into the convolutions before
it; the weights are otherwise unchanged.
`
  if (!notices.some((notice) => notice.includes(apache))) return text
  // Whoever passes such a work on has to give a copy of the licence, which is also Fanoscope's own.
  const licence = await readFile(join(applicationRoot(), 'LICENSE'), 'utf8').catch(() => null)
  return `${text}\n${licence ?? `${apache}: https://www.apache.org/licenses/LICENSE-2.0\n`}`
}
