/** `drift`: whether live parts still look as the normal validation parts did. */
import { z } from 'zod'
import { type Drift, driftVerdict } from '../../../shared/drift.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { textTable } from '../../command-line/text-table.ts'

export const addDrift: AddCommand = (line) =>
  line.add({
    readsOnly: true,
    name: 'drift',
    summary: 'compare the scores of live parts with those of the normal validation parts, over time',
    examples: [
      ['drift', 'of the model in use'],
      ['drift --run 0mc3', 'of that run'],
    ],
    declare: (command) =>
      command
        .option('--run <run>', 'the run (default: the model in use)')
        .option('--dataset <name>', 'whose model in use, where several datasets have one'),
    options: z.object({ run: z.string().optional(), dataset: z.string().optional() }),
    async act(context, { run, dataset = null }) {
      const session = await context.session()
      const [{ driftOf }, { runInUse }, { runFacts }] = await Promise.all([
        import('./drift.ts'),
        import('../runs/model-in-use.ts'),
        import('../runs/run-name.ts'),
      ])
      const drift = driftOf(session.workspace, { run: run ?? runInUse(session.workspace.db, dataset) })
      const facts = runFacts(session.workspace.db, drift.run)
      return { document: { ...drift, ...facts }, text: `${facts.runName}\n${driftText(drift)}` }
    },
  })

const english = wordsIn('en')

const utcMinute = (time: number): string =>
  `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`

function driftText(drift: Drift): string {
  const { run, score, reference, parts, days, odds, warning } = drift
  if (parts === 0) {
    return `Run ${run} has scored no live parts yet: fanoscope score --images DIR\n`
  }
  const index = (value: number | null): string => (value === null ? '-' : value.toFixed(3))
  return (
    `Run ${run}, score ${score}: ${parts} live parts against ${reference} normal validation parts\n\n` +
    textTable([
      ['day', 'parts', 'stability index (above 0.25: much has changed)'],
      ...days.map(({ day, parts: count, index: value }) => [day, String(count).padStart(5), index(value)]),
    ]) +
    (odds === null
      ? ''
      : `\nOdds against no change, at most so far: ${odds.reached.toPrecision(3)} (a warning at ${odds.needed})\n`) +
    `${english.text('verdict', driftVerdict(drift, { time: utcMinute, part: String }))}\n` +
    (warning === null
      ? ''
      : textTable(
          warning.examples.map(({ image, score: value, file }) => [
            String(image).padStart(6),
            value.toPrecision(4),
            file,
          ]),
        ))
  )
}
