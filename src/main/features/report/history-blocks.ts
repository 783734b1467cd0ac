/** The audit part: decisions of operators, what was done with the model, and which models were in use. */
import { basename } from 'node:path'
import type { Block } from './block.ts'
import type { ReportContent } from './content.ts'
import type { ReportAct } from './history.ts'
import { promotionVerdict } from './promotion-verdict.ts'
import type { Telling } from './telling.ts'

export function historyBlocks({ history }: ReportContent, telling: Telling): Block[] {
  const { say, time } = telling
  const none: Block = { kind: 'text', text: say('none') }
  return [
    { kind: 'heading', text: say('decisions') },
    history.decisions.length === 0
      ? none
      : {
          kind: 'table',
          title: null,
          head: [say('operator'), say('accept'), say('reject'), say('unsure'), say('undone')],
          rows: history.decisions.map(({ operator, accept, reject, unsure, undone }) => [
            operator,
            ...[accept, reject, unsure, undone].map(String),
          ]),
          numbers: 1,
        },
    { kind: 'heading', text: say('uses') },
    history.uses.length === 0
      ? none
      : {
          kind: 'table',
          title: null,
          head: [say('when'), say('action'), say('model'), say('by'), say('verdict'), say('reason')],
          rows: history.uses.map(({ since, action, runName, operator, gate, reason }) => [
            time(since),
            say(action),
            runName,
            operator ?? '–',
            gate === null ? '–' : promotionVerdict(gate, say).join('; '),
            reason ?? '–',
          ]),
          numbers: 9,
        },
    { kind: 'heading', text: say('acts') },
    ...(history.acts.length === 0
      ? [none]
      : [
          { kind: 'text' as const, text: say('actsText') },
          {
            kind: 'table' as const,
            title: null,
            head: [say('when'), say('by'), say('action'), say('file'), say('note')],
            rows: history.acts.map((act) => [
              time(act.at),
              act.operator ?? '–',
              actionText(act, telling),
              fileText(act, telling),
              noteText(act, telling),
            ]),
            numbers: 9,
          },
        ]),
  ]
}

const textIn = (detail: ReportAct['detail'], name: string): string | null => {
  const value = detail[name]
  return typeof value === 'string' && value !== '' ? value : null
}

function actionText({ action, detail }: ReportAct, { say }: Telling): string {
  if (action === 'decision.made') {
    const is = textIn(detail, 'is')
    if (is === 'accept' || is === 'reject' || is === 'unsure') return say(is)
  }
  return say(action)
}

function fileText({ files, count, action, detail }: ReportAct, { say }: Telling): string {
  const [first] = files
  if (first !== undefined) return count > 1 ? say('andMore', { file: first, more: count - 1 }) : first
  if (action !== 'export.written' || !Array.isArray(detail.files)) return ''
  return detail.files.map((file) => basename(String(file))).join(', ')
}

/** What was typed, and which threshold it is about. */
function noteText({ action, detail }: ReportAct, { say, score }: Telling): string {
  const { version, threshold } = detail
  const name = textIn(detail, 'name')
  const of =
    action.startsWith('threshold.') && name !== null && typeof version === 'number'
      ? `${name}, ${say('versionNumber')} ${version}${typeof threshold === 'number' ? `: ${score(threshold)}` : ''}`
      : null
  return [of, textIn(detail, 'reason') ?? textIn(detail, 'note')].filter((text) => text !== null).join('; ')
}
