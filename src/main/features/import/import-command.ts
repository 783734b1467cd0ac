/** `import`: photographs of a folder into a dataset. */

import { resolve } from 'node:path'
import { z } from 'zod'
import { type FailureData, failureDocument, failureOf } from '../../../shared/failure.ts'
import { labelSchema } from '../../../shared/image.ts'
import { type ImportReport, importReportSchema } from '../../../shared/import.ts'
import type { ImportPlan } from '../../../shared/import-plan.ts'
import { inside, message } from '../../../shared/messages/message.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import { type SampleRange, sampleRangeSchema } from '../../../shared/sample-range.ts'
import type { Answer } from '../../command-line/answer.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { formatSeconds } from '../../command-line/duration.ts'
import { followJob } from '../../command-line/follow-job.ts'
import { oneOf } from '../../command-line/option-values.ts'
import { Stopped } from '../../command-line/stopped.ts'
import { textTable } from '../../command-line/text-table.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import { refusedRows } from './refused-rows.ts'

const english = wordsIn('en')

export const addImport: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'import',
    parameters: [['<dir>', 'the folder with the photographs']],
    summary: 'copy photographs of a folder into a dataset of the workspace',
    examples: [
      ['import photos/line4 --dataset line4 --unlabeled-as normal', 'a folder of good parts only'],
      ['import mvtec/bottle --dataset bottle --json', 'train, test and ground_truth, as in MVTec AD'],
      ['import yolo/line4 --plan', 'what its texts, lists and splits are taken for; writes nothing'],
    ],
    declare: (command) =>
      command
        .option('--dataset <name>', 'made where the name is new, added to where it is not')
        .option('--plan', 'show what every file is taken for, and write nothing')
        .option('--as <plan>', 'do what this plan says, as --plan --json printed it and you changed it')
        .option(
          '--range <low,high>',
          'photographs of floating point or 32 bits: which values are black and white; kept for the dataset',
        )
        .option('--follow-links', 'follow symbolic links to files and folders')
        .addOption(oneOf('--layout <layout>', 'how the folder is laid out', ['auto', 'mvtec', 'flat']))
        .addOption(
          oneOf('--unlabeled-as <label>', 'what photographs are that no folder name tells', [
            ...labelSchema.options,
          ]),
        )
        .option('--has-direction', 'the part has a left and a right: training does not mirror it')
        .option('--no-has-direction', 'the part has none'),
    options: z.object({
      dataset: z.string().optional(),
      plan: z.boolean().default(false),
      as: z.string().optional(),
      range: z.string().optional(),
      followLinks: z.boolean().default(false),
      layout: z.enum(['auto', 'mvtec', 'flat']).default('auto'),
      unlabeledAs: labelSchema.default('unlabeled'),
      hasDirection: z.boolean().optional(),
    }),
    async act(context, { hasDirection, dataset, plan, as, range: values, ...options }, dir = '') {
      const range = values === undefined ? null : rangeOf(values)
      if (plan) {
        if (as !== undefined) throw new WrongUse('--plan makes a plan and --as uses one: give one of them.')
        const { planFolder } = await import('../layouts/plan.ts')
        return planAnswer(await planFolder(resolve(dir), { ...options, range }))
      }
      if (dataset === undefined) throw new WrongUse("required option '--dataset <name>' not specified")
      const saved = as === undefined ? {} : { as: resolve(as) }
      if (saved.as !== undefined) {
        const { readPlan } = await import('../layouts/plan-file.ts')
        // A plan that cannot be used is refused before a workspace is made.
        await readPlan(saved.as)
      }
      const session = await context.session({ create: true })
      const { importPlan } = await import('./import-job.ts')
      const request = {
        ...options,
        ...saved,
        dataset,
        range,
        folder: resolve(dir),
        hasDirection: hasDirection ?? null,
      }
      const job = await followJob(context, session, session.jobs.start(importPlan(session, request)).id)
      if (job.state === 'cancelled') {
        throw new Stopped('import')
      }
      const report = importReportSchema.parse(job.result)
      const problem = nothingImported(dir, report)
      const document = importDocument(report)
      return {
        document: problem === null ? document : { error: failureDocument(failureOf(problem)), ...document },
        text: reportText(report),
        ...(problem === null ? {} : { failed: true, problem }),
      }
    },
  })

function rangeOf(text: string): SampleRange {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const [low, high] = numbers
  const range = sampleRangeSchema.safeParse({ low, high })
  if (numbers.length === 2 && range.success) return range.data
  throw new WrongUse('Give --range the lower and the higher value with a comma, for instance --range 0,1.')
}

/** What is wrong where a folder had files and not one of them is a photograph. */
export function nothingImported(dir: string, report: ImportReport): FailureData | null {
  const [first] = report.refused
  if (report.imported + report.already + report.duplicates.length > 0 || first === undefined) return null
  return message('no-photographs', {
    count: report.refused.length,
    folder: dir,
    file: first.file,
    reason: inside('failure', first),
  })
}

/** The document of `import --json`: the report, with its messages in words beside. */
export function importDocument(report: ImportReport) {
  return {
    ...report,
    refused: report.refused.map((refusal) => ({
      ...refusal,
      reason: english.text('failure', refusal, 'title'),
    })),
    warnings: report.warnings.map((warning) => ({
      ...warning,
      warning: english.text('warning', warning),
    })),
  }
}

/** A plan with a row for each folder; the document has every file. */
async function planAnswer(plan: ImportPlan): Promise<Answer> {
  const { previewOf } = await import('./preview-folder.ts')
  const { recognized, groups, files, unlabeled, masks, documents, pairs } = previewOf(plan, null)
  const rows = groups.map(({ path, files: count, holds, label, defectType, split, mixed, masked }) => [
    path,
    String(count),
    holds === 'masks'
      ? 'masks'
      : `${label}${defectType === null ? '' : `: ${defectType}`}${mixed ? ' (and others)' : ''}`,
    holds === 'masks' ? '' : (split ?? 'drawn'),
    holds === 'masks' || masked === 0 ? '' : `${masked} with a mask`,
  ])
  return {
    document: plan,
    text:
      `${plan.folder}: taken for ${recognized}; ${files} photographs, ${masks} masks, ${unlabeled} unlabeled.\n` +
      textTable([['folder', 'files', 'is', 'split', ''], ...rows]) +
      list(
        'Masks, for example',
        pairs.slice(0, 8).map(({ file, masks: of }) => [file, of.join(' + ')]),
      ) +
      list(
        'Documents',
        documents.map(({ file, format }) => [file, format]),
      ) +
      list('Left out', refusedRows(plan.leftOut)) +
      passedOverText(plan.passedOver) +
      list(
        'Notes',
        plan.notes.map((note) => [note.file, english.text('warning', note)]),
      ) +
      'Nothing was written.\n',
  }
}

const passedOverText = (passedOver: ImportPlan['passedOver']): string =>
  list(
    'Passed over',
    passedOver.map(({ kind, count, example }) => [kind, String(count), `for instance ${example}`]),
  )

const list = (title: string, rows: string[][]): string =>
  rows.length === 0
    ? ''
    : `\n${title}:\n${textTable(rows.map(([first = '', ...rest]) => [`  ${first}`, ...rest]))}`

function reportText(report: ImportReport): string {
  const { dataset, imported, already, duplicates, refused, warnings, splits, seconds } = report
  const parts = [
    `${imported} imported`,
    ...(report.annotated > 0 ? [`${report.annotated} with annotations`] : []),
    ...(already > 0 ? [`${already} were there already`] : []),
    `${duplicates.length} duplicates`,
    `${refused.length} refused`,
  ]
  return (
    `${dataset}: ${parts.join(', ')}, in ${formatSeconds(seconds)}.\n` +
    `Now for training ${splits.train}, for validation ${splits.validation}, for the test ${splits.test}${splits.live > 0 ? `, live ${splits.live}` : ''}; ${report.masks} with a mask, ${report.unlabeled} unlabeled.\n` +
    list('Refused', refusedRows(refused)) +
    list(
      'Duplicates',
      duplicates.map(({ file, of }) => [file, `same as ${of}`]),
    ) +
    passedOverText(report.passedOver) +
    list(
      'Notes',
      warnings.map((warning) => [warning.file, english.text('warning', warning)]),
    )
  )
}
