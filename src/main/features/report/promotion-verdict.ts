/** What the comparison at a promotion came to, in words of a report. */
import type { Gate } from '../../../shared/model.ts'
import type { Say } from './words.ts'

/** The verdict, and the reasons that it alone does not tell. */
export function promotionVerdict({ verdict, checks, margin }: Gate, say: Say): string[] {
  const verdicts = {
    first: say('first'),
    passed: say('passedGate'),
    worse: say('worse'),
    undecidable: say('undecidable'),
  }
  const worse = checks
    .filter(({ judged, passed }) => judged && !passed)
    .map(({ figure, defectType, difference, low, high }) => {
      const name = say(figure.endsWith('recall') ? 'recallShort' : 'aurocShort')
      const interval = `[${low.toFixed(3)}, ${high.toFixed(3)}]`
      return `${defectType === null ? '' : `${defectType}: `}${name} ${difference.toFixed(3)} ${interval}`
    })
  const small = new Map(
    checks.filter(({ judged }) => !judged).map((check) => [check.defectType, check.parts]),
  )
  const types = [...small].map(([type, parts]) => `${type} (${parts})`)
  return [
    verdicts[verdict],
    ...(worse.length === 0 ? [] : [say('worseFigures', { margin, figures: worse.join(', ') })]),
    ...(types.length === 0 ? [] : [say('tooFewOf', { types: types.join(', ') })]),
  ]
}
