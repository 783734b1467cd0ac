/** `evaluate`: how well a run tells anomalous images from normal ones. */
import { z } from 'zod'
import { splitSchema } from '../../../shared/image.ts'
import type { Evaluation } from '../../../shared/score.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { oneOf } from '../../command-line/option-values.ts'
import { Stopped } from '../../command-line/stopped.ts'
import { figure, textTable } from '../../command-line/text-table.ts'

export const addEvaluate: AddCommand = (line) =>
  line.add({
    readsOnly: true,
    name: 'evaluate',
    summary: 'compare the scores of a run with the labels and masks of its dataset',
    examples: [
      ['evaluate --run 0mc3 --score izif --split test', 'AUROC, AUPRC, by defect type and by pixel'],
    ],
    declare: (command) =>
      command
        .requiredOption('--run <run>', 'the run')
        .option('--score <name>', 'a score that "models" lists (default: the one of the run)')
        .addOption(oneOf('--split <split>', 'which images (default: test)', splitSchema.options)),
    options: z.object({
      run: z.string(),
      score: z.string().optional(),
      split: splitSchema.default('test'),
    }),
    async act(context, { run, score = null, split }) {
      const session = await context.session()
      const [{ runWorkspaceTask }, { evaluateTask }, { runFacts }] = await Promise.all([
        import('../../threads/run-task.ts'),
        import('./evaluation-task.ts'),
        import('../runs/run-name.ts'),
      ])
      const display = await context.progress()
      const abort = new AbortController()
      const stopListening = context.io.onInterrupt(() => abort.abort())
      try {
        const evaluation = await runWorkspaceTask(
          session.workspace,
          evaluateTask,
          { run, score, split },
          {
            signal: abort.signal,
            onProgress: (progress) =>
              display.show({ phase: 'evaluate', ...progress, secondsLeft: null, paused: false }),
          },
        )
        const facts = runFacts(session.workspace.db, evaluation.run)
        return {
          document: { ...evaluation, ...facts },
          text: `${facts.runName}\n${evaluationText(evaluation)}`,
        }
      } catch (error) {
        if (abort.signal.aborted) throw new Stopped('evaluation')
        throw error
      } finally {
        stopListening()
      }
    },
  })

const fromMasks = (count: number): string => `from ${count} ${count === 1 ? 'mask' : 'masks'}`

function evaluationText(evaluation: Evaluation): string {
  const { run, score, split, n, imageAuroc, imageAuprc, pixelAuroc, aupro, masks, perDefectType, missing } =
    evaluation
  const types = Object.entries(perDefectType)
  return (
    `Run ${run}, score ${score}, ${split} split: ${n.normal} normal and ${n.anomalous} anomalous images\n` +
    (missing === undefined ? '' : `${missing} more have a label and no score.\n`) +
    `\n${textTable([
      ['image AUROC', figure(imageAuroc)],
      ['image AUPRC', figure(imageAuprc)],
      ['pixel AUROC', figure(pixelAuroc), pixelAuroc === null ? '' : fromMasks(masks)],
      ['AUPRO', figure(aupro), aupro === null ? '' : fromMasks(masks)],
    ])}` +
    (types.length === 0
      ? ''
      : `\n${textTable([
          ['defect type', 'images', 'image AUROC', 'pixel AUROC', 'masks'],
          ...types.map(([type, row]) => [
            type,
            String(row.n).padStart(6),
            figure(row.imageAuroc).padStart(11),
            figure(row.pixelAuroc).padStart(11),
            String(row.masks).padStart(5),
          ]),
        ])}`)
  )
}
