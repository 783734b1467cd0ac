/**
 * The first page of a report, which a person can sign: the part, the model and its threshold, what it lets through and
 * what it rejects for nothing, whether that keeps the target, who did what and when, and the lines for the signatures.
 */
import type { Block } from './block.ts'
import type { ReportContent, ReportShare } from './content.ts'
import { promotionVerdict } from './promotion-verdict.ts'
import { type TargetVerdict, targetVerdict } from './target-verdict.ts'
import type { Telling } from './telling.ts'

/** More types than these stand on the next page only. */
const typesOnFirstPage = 6

export function firstPage(content: ReportContent, telling: Telling): Block[] {
  const { say } = telling
  return [
    { kind: 'facts', rows: subjectRows(content, telling) },
    ...resultBlocks(content, telling),
    verdictBlock(content, telling),
    { kind: 'heading', text: say('whoAndWhen') },
    peopleTable(content, telling),
    { kind: 'heading', text: say('signatures') },
    {
      kind: 'signatures',
      head: ['', say('name'), say('date'), say('signature')],
      rows: [say('prepared'), say('checked'), say('approved')],
    },
  ]
}

function subjectRows(
  { dataset, run, runName, point, split, counts }: ReportContent,
  { say, score }: Telling,
): [string, string][] {
  const fingerprint = run.result?.weightsSha256?.slice(0, 16)
  const { normal, anomalous } = counts
  return [
    [say('part'), dataset.name],
    [
      say('model'),
      fingerprint === undefined ? runName : `${runName}; ${say('fingerprint', { fingerprint })}`,
    ],
    [
      say('threshold'),
      point === null
        ? say('noThresholdShort')
        : say('thresholdText', {
            threshold: score(point.threshold),
            name: point.name,
            version: point.version,
          }),
    ],
    ...(point === null || point.regions === null
      ? []
      : [[say('regions'), regionsText(point.regions, { say, score })] satisfies [string, string]]),
    [say('measuredOn'), say('measuredOnText', { normal, anomalous, split: say(`${split}Images`) })],
  ]
}

export const regionsText = (
  { leastArea, leastStrength }: { leastArea: number; leastStrength: number },
  { say, score }: Pick<Telling, 'say' | 'score'>,
): string => say('regionsText', { area: leastArea, strength: score(leastStrength) })

function resultBlocks({ rates, perDefectType, split }: ReportContent, telling: Telling): Block[] {
  if (rates === null) return []
  const { say, counted, percent, shareInterval } = telling
  const result = (name: string, share: ReportShare) => ({
    name,
    value: counted(share),
    beside:
      share.whole === 0
        ? say('nothingToCount')
        : say('shareBeside', { percent: percent(share), interval: shareInterval(share) }),
  })
  const worstFirst = [...perDefectType]
    .sort((a, b) => shareOfNull(b.escapeRate) - shareOfNull(a.escapeRate))
    .slice(0, typesOnFirstPage)
  return [
    {
      kind: 'results',
      items: [result(say('escapes'), rates.escapeRate), result(say('falseRejects'), rates.falseRejectRate)],
    },
    ...(split === 'validation' ? [{ kind: 'text' as const, text: say('chosenOnThese') }] : []),
    ...(worstFirst.length < 2
      ? []
      : [
          {
            kind: 'table' as const,
            title: say('escapesByType'),
            head: [say('defectType'), say('escapesShort'), say('interval')],
            rows: worstFirst.map(({ defectType, escapeRate }) => [
              defectType,
              escapeRate === null ? '–' : counted(escapeRate),
              escapeRate === null ? '–' : shareInterval(escapeRate),
            ]),
            numbers: 1,
          },
        ]),
  ]
}

const shareOfNull = (share: ReportShare | null): number =>
  share === null || share.whole === 0 ? 0 : share.part / share.whole

function verdictBlock(content: ReportContent, telling: Telling): Block {
  const { point, rates } = content
  const { say } = telling
  const use = useText(content, telling)
  if (point === null || rates === null) {
    return {
      kind: 'verdict',
      tone: 'open',
      title: say('noVerdict'),
      lines: [say('noThreshold'), ...use],
    }
  }
  if (point.target === null) {
    return { kind: 'verdict', tone: 'open', title: say('verdictNone'), lines: [say('byHandText'), ...use] }
  }
  const judged = targetVerdict(point.target, rates)
  const titles = {
    kept: say('verdictKept'),
    missed: say('verdictMissed'),
    open: say('verdictOpen'),
    none: say('verdictNone'),
  }
  const tones = { kept: 'good', missed: 'bad', open: 'open', none: 'open' } as const
  return {
    kind: 'verdict',
    tone: tones[judged.verdict],
    title: titles[judged.verdict],
    lines: [measuredText(judged, telling), ...use],
  }
}

/** What was asked for, and what was measured of it. */
function measuredText(judged: TargetVerdict, telling: Telling): string {
  const { say, counted, shareInterval } = telling
  const target = say('targetIs', { target: targetWords(judged.target, telling) })
  if (judged.measured === null) return target
  const { measured } = judged
  const isOfGood = judged.target.kind !== 'recall'
  const figures =
    measured.whole === 0
      ? say('nothingToCount')
      : say('measured', { share: counted(measured), interval: shareInterval(measured) })
  return [target, figures, ...(isOfGood ? [say('noLimitOnEscapes')] : [])].join(
    telling.language === 'en' ? ' ' : '',
  )
}

/** The target for which a threshold was chosen, as a person says it. */
export function targetWords(target: TargetVerdict['target'], { say, limit }: Telling): string {
  switch (target.kind) {
    case 'fpr':
      return say('targetFpr', { limit: limit(target.share) })
    case 'percentile':
      return say('targetFpr', { limit: limit(1 - target.percentile / 100) })
    case 'recall':
      return say('targetRecall', { limit: limit(target.share) })
    case 'f1':
      return say('targetF1')
    case 'cost':
      return say('targetCost', { falseReject: target.falseReject, escape: target.escape })
  }
}

/** Whether the model is in use, and what the comparison said when it was put there. */
function useText({ run, dataset, history }: ReportContent, telling: Telling): string[] {
  const { say, time } = telling
  const part = dataset.name
  const [current] = history.uses
  if (current === undefined) return [say('noneInUse', { part })]
  if (current.runId !== run.id) return [say('otherInUse', { part, model: current.runName })]
  const since = say('inUse', { part, time: time(current.since) })
  const { gate } = current
  if (gate?.verdict === 'first') return [since, say('firstInUse')]
  return gate === null
    ? [since]
    : [since, say('compared', { verdict: promotionVerdict(gate, say).join('; ') })]
}

function peopleTable({ history, point, run, writtenAt, writtenBy }: ReportContent, telling: Telling): Block {
  const { say, time } = telling
  const row = (what: string, who: string | null, when: number, why: string | null): string[] => [
    what,
    who ?? '–',
    time(when),
    why === null || why === '' ? '–' : why,
  ]
  const use = history.uses.find(({ runId }) => runId === run.id)
  return {
    kind: 'table',
    title: null,
    head: ['', say('who'), say('when'), say('reason')],
    rows: [
      ...(history.made === null ? [] : [row(say('trained'), history.made.operator, history.made.at, null)]),
      ...(point === null ? [] : [row(say('thresholdSet'), point.operator, point.createdAt, point.reason)]),
      ...(use === undefined
        ? []
        : [
            row(
              say(use.action === 'promote' ? 'putIntoUse' : 'rolledBack'),
              use.operator,
              use.since,
              use.reason,
            ),
          ]),
      row(say('reportWritten'), writtenBy, writtenAt, null),
    ],
    numbers: 9,
  }
}
