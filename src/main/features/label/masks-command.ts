/** `masks`: reads masks and drawn shapes of other tools for the images of a dataset, and writes them. */
import { resolve } from 'node:path'
import { z } from 'zod'
import { maskFormatSchema, maskImportFormatSchema } from '../../../shared/label.ts'
import type { Message } from '../../../shared/messages/message.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import type { Answer } from '../../command-line/answer.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { oneOf } from '../../command-line/option-values.ts'
import { printableLine } from '../../command-line/printable.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import type { Session } from '../../session/session.ts'

const english = wordsIn('en')

const formats = [...new Set([...maskImportFormatSchema.options, ...maskFormatSchema.options])] as const

const optionsSchema = z.object({
  dataset: z.string(),
  format: z.enum(formats).default('mvtec'),
  invert: z.boolean().default(false),
  operator: z.string().optional(),
})
type MaskOptions = z.output<typeof optionsSchema>

export const addMasks: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'masks',
    parameters: [
      ['<action>', '"import" or "export"'],
      ['<folder>', 'where the masks are, or where they go'],
    ],
    summary: 'read masks and drawn shapes of other tools for a dataset, or write them',
    examples: [
      ['masks import ground_truth --dataset line', 'pictures named after the photographs'],
      [
        'masks import labels --dataset line --format labelme',
        'JSON files; those that are not used are named',
      ],
      [
        'masks import yolo --dataset line --format yolo',
        'text files, with the names of classes in data.yaml or classes.txt',
      ],
      ['masks import masks --dataset line --invert', 'masks that are black where the defect is'],
      ['masks export out --dataset line --format coco', 'one document for the whole dataset'],
      ['masks export out --dataset line --format yolo', 'outlines and data.yaml; yolo-boxes for detection'],
    ],
    declare: (command) =>
      command
        .requiredOption('--dataset <name>', 'the dataset')
        .addOption(
          oneOf(
            '--format <format>',
            `pictures (mvtec), documents, or text files of YOLO; export: ${maskFormatSchema.options.join(', ')} (default: mvtec)`,
            formats,
          ),
        )
        .option('--invert', 'import: what the masks do not mark is the defect')
        .option('--operator <name>', 'import: who drew them'),
    options: optionsSchema,
    act(context, options, action = '', folder = '') {
      if (action === 'import') return importing(context.session(), resolve(folder), options)
      if (action === 'export') return exporting(context.session(), resolve(folder), options)
      throw new WrongUse('Give "import" or "export" as the action.')
    },
  })

/** A sentence about a file, for a document and for a terminal. */
const worded = (topic: 'reason' | 'warning') => (told: Message & { file: string }) => ({
  ...told,
  message: english.text(topic, told),
})

const lines = (told: readonly { file: string; message: string }[]): string =>
  told.map(({ file, message }) => `  ${printableLine(`${file}: ${message}`)}\n`).join('')

async function importing(opening: Promise<Session>, folder: string, options: MaskOptions): Promise<Answer> {
  const format = maskImportFormatSchema.safeParse(options.format).data
  if (format === undefined)
    throw new WrongUse(
      `${options.format} is only written: import as ${maskImportFormatSchema.options.join(', ')}.`,
    )
  const { workspace } = await opening
  const [{ importMasksTask }, { runWorkspaceTask }, { findDataset }, { findOrMakeOperator }] =
    await Promise.all([
      import('./label-tasks.ts'),
      import('../../threads/run-task.ts'),
      import('../../store/datasets.ts'),
      import('../../store/operators.ts'),
    ])
  const { invert, operator } = options
  const dataset = findDataset(workspace.db, options.dataset)
  const operatorId = operator === undefined ? null : findOrMakeOperator(workspace.db, operator).id
  const report = await runWorkspaceTask(workspace, importMasksTask, {
    dataset,
    format,
    folder,
    invert,
    operatorId,
  })
  const skipped = report.skipped.map(worded('reason'))
  const notes = report.notes.map(worded('warning'))
  return {
    document: {
      dataset: dataset.name,
      format,
      folder,
      images: report.images,
      labeled: report.labeled,
      skipped,
      notes,
    },
    text:
      `${report.images} images of ${dataset.name} have masks from ${folder}.\n` +
      (report.labeled > 0 ? `${report.labeled} unlabeled images got a label.\n` : '') +
      (skipped.length > 0 ? `Not used, ${skipped.length}:\n${lines(skipped)}` : '') +
      (notes.length > 0 ? `Notes, ${notes.length}:\n${lines(notes)}` : ''),
    // Nothing was taken in, and there is a reason: a script must not go on as if there were masks.
    failed: report.images + report.labeled === 0 && skipped.length > 0,
  }
}

async function exporting(opening: Promise<Session>, folder: string, options: MaskOptions): Promise<Answer> {
  const format = maskFormatSchema.safeParse(options.format).data
  if (format === undefined)
    throw new WrongUse(`${options.format} is only read: export as ${maskFormatSchema.options.join(', ')}.`)
  const { workspace } = await opening
  const [{ exportMasksTask }, { runWorkspaceTask }, { findDataset }] = await Promise.all([
    import('./label-tasks.ts'),
    import('../../threads/run-task.ts'),
    import('../../store/datasets.ts'),
  ])
  const dataset = findDataset(workspace.db, options.dataset)
  const report = await runWorkspaceTask(workspace, exportMasksTask, { dataset, format, folder })
  const notes = report.notes.map(worded('warning'))
  return {
    document: { dataset: dataset.name, format, ...report, notes },
    text:
      `${report.images} images of ${dataset.name}: ${report.files} files in ${report.folder}.\n` +
      (notes.length > 0 ? `Notes, ${notes.length}:\n${lines(notes)}` : ''),
  }
}
