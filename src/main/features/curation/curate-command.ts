/** `curate`: proposes accepted parts to learn from, and keeps what a person confirms as a version of the dataset. */

import { z } from 'zod'
import type { CurationProposal, DatasetVersion, VersionDifference } from '../../../shared/curation.ts'
import type { Run } from '../../../shared/run.ts'
import type { Answer } from '../../command-line/answer.ts'
import type { AddCommand, CommandContext } from '../../command-line/command.ts'
import { wholeNumber, wholeNumbers } from '../../command-line/option-values.ts'
import { printableLine } from '../../command-line/printable.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { Session } from '../../session/session.ts'

const optionsSchema = z.object({
  run: z.string(),
  confirm: z.boolean().default(false),
  include: z.array(z.number()).default([]),
  exclude: z.array(z.number()).default([]),
  list: z.boolean().default(false),
  compare: z.array(z.number()).optional(),
  restore: z.number().optional(),
  operator: z.string().optional(),
  reason: z.string().optional(),
})
type CurateOptions = z.output<typeof optionsSchema>

export const addCurate: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'curate',
    summary:
      'propose accepted parts to learn from next; with --confirm keep them as a version of the dataset',
    examples: [
      ['curate --run 0mc3', 'what would be added and left out, and why; changes nothing'],
      ['curate --run 0mc3 --confirm --operator "Li Na" --reason "new supplier"', 'makes the next version'],
      ['curate --run 0mc3 --compare 1,3', 'what version 3 has that version 1 has not'],
      ['curate --run 0mc3 --restore 1 --operator "Li Na" --reason "too dark"', 'a new version as the first'],
    ],
    declare: (command) =>
      command
        .requiredOption('--run <run>', 'a run of the dataset; its scores say which parts look unusual')
        .option('--confirm', 'keep the proposal as the next version')
        .option('--include <ids>', 'also these marked images, as 12,17', wholeNumbers)
        .option('--exclude <ids>', 'without these images', wholeNumbers)
        .option('--list', 'list the versions')
        .option('--compare <a,b>', 'compare two versions by their numbers', wholeNumbers)
        .option('--restore <n>', 'make a new version with the images of an old one', wholeNumber(1))
        .option('--operator <name>', 'who confirms')
        .option('--reason <text>', 'why'),
    options: optionsSchema,
    async act(context, options) {
      const { confirm, list, compare, restore, operator, reason } = options
      const asked = [confirm, list, compare !== undefined, restore !== undefined].filter(Boolean)
      if (asked.length > 1) throw new WrongUse('Give one of --confirm, --list, --compare and --restore.')
      if (compare !== undefined && compare.length !== 2)
        throw new WrongUse('Give two versions, as --compare 1,3.')
      if ((confirm || restore !== undefined) && (operator === undefined || reason === undefined)) {
        throw new WrongUse('Give --operator and --reason: a version is kept with who made it and why.')
      }
      const session = await context.session()
      const [{ findRun }, versions] = await Promise.all([
        import('../../store/runs.ts'),
        import('../datasets/dataset-versions.ts'),
      ])
      const run = findRun(session.workspace.db, options.run)
      const { workspace } = session
      if (list) return listAnswer(versions.versionsOf(workspace, run.datasetId))
      if (compare !== undefined) {
        const [a = 0, b = 0] = compare
        return differenceAnswer(versions.compareVersions(workspace, { dataset: run.datasetId, a, b }))
      }
      if (restore !== undefined) {
        const request = {
          dataset: run.datasetId,
          number: restore,
          operator: operator ?? '',
          reason: reason ?? '',
        }
        return versionAnswer(versions.restoreVersion(workspace, request), run)
      }
      return proposalAnswer(context, session, run, options)
    },
  })

async function proposalAnswer(
  context: CommandContext,
  session: Session,
  run: Run,
  { confirm, include, exclude, operator = '', reason = '' }: CurateOptions,
): Promise<Answer> {
  const [{ runWorkspaceTask }, { proposeCurationTask }, { confirmCuration }] = await Promise.all([
    import('../../threads/run-task.ts'),
    import('./curation-task.ts'),
    import('../datasets/dataset-versions.ts'),
  ])
  const display = await context.progress()
  const proposal = await runWorkspaceTask(
    session.workspace,
    proposeCurationTask,
    { run: run.id },
    {
      onProgress: (progress) =>
        display.show({ phase: 'curate', ...progress, secondsLeft: null, paused: false }),
    },
  )
  display.end()
  if (confirm) {
    return versionAnswer(
      await confirmCuration(session.workspace, proposal, { include, exclude, operator, reason }),
      run,
    )
  }
  return { document: proposal, text: proposalText(proposal) }
}

function proposalText({ run, dataset, base, candidates, removals, heldOut }: CurationProposal): string {
  const rows = candidates.map(({ image, file, score, marks, proposed }) => [
    String(image).padStart(6),
    proposed ? 'add' : '',
    (score?.toPrecision(4) ?? '-').padStart(10),
    marks.join(', '),
    file,
  ])
  const added = candidates.filter(({ proposed }) => proposed).length
  return (
    `Dataset "${dataset}", version ${base.number} with ${base.images} images.\n` +
    (rows.length > 0 ? textTable([[' image', '', '     score', 'look again', 'file'], ...rows]) : '') +
    removals
      .map(({ image, file, why }) => `${String(image).padStart(6)}  remove  ${why}  ${printableLine(file)}\n`)
      .join('') +
    `${added} would be added, ${removals.length} removed; ${candidates.length - added} wait for a second look.\n` +
    (heldOut > 0
      ? `${heldOut} accepted images are in the validation or test split: nothing is learned from them.\n`
      : '') +
    (added + removals.length > 0
      ? `Confirm with: fanoscope curate --run ${run} --confirm --operator NAME --reason TEXT\n`
      : '')
  )
}

const versionAnswer = (version: DatasetVersion, run: Run): Answer => ({
  document: version,
  text:
    `Version ${version.number} with ${version.images} images, by ${version.operator ?? 'nobody'}: ${version.reason}\n` +
    `Next: fanoscope retrain --run ${run.id}\n`,
})

const listAnswer = (versions: DatasetVersion[]): Answer => ({
  document: versions,
  text:
    versions.length === 0
      ? 'No version yet: the first proposal makes one of the training images as they were imported.\n'
      : textTable([
          ['version', 'images', 'made', 'by', 'reason'],
          ...versions.map(({ number, images, createdAt, operator, reason }) => [
            String(number).padStart(7),
            String(images).padStart(6),
            new Date(createdAt).toISOString().slice(0, 16).replace('T', ' '),
            operator ?? '-',
            reason,
          ]),
        ]),
})

const differenceAnswer = (difference: VersionDifference): Answer => ({
  document: difference,
  text:
    difference.added.map(({ image, file }) => `+ ${image}  ${printableLine(file)}\n`).join('') +
    difference.removed.map(({ image, file }) => `- ${image}  ${printableLine(file)}\n`).join('') +
    `Version ${difference.b.number} has ${difference.added.length} more and ${difference.removed.length} fewer than version ${difference.a.number}; ${difference.kept} are in both.\n`,
})
