/** `export`: writes what other programs and other workstations read of a run. */
import { resolve } from 'node:path'
import { z } from 'zod'
import { splitSchema } from '../../../shared/image.ts'
import type { AddCommand } from '../../command-line/command.ts'
import { followJob } from '../../command-line/follow-job.ts'
import { oneOf, wholeNumber } from '../../command-line/option-values.ts'
import { Stopped } from '../../command-line/stopped.ts'
import { WrongUse } from '../../command-line/wrong-use.ts'
import { reportLanguages } from '../report/words.ts'

const formats = ['safetensors', 'savedmodel', 'onnx', 'package', 'csv', 'parquet', 'masks', 'report'] as const

export const addExport: AddCommand = (line) =>
  line.add({
    acts: true,
    readsOnly: true,
    name: 'export',
    summary: 'write a model, its scores, decisions or masks as files that other programs read',
    examples: [
      [
        'export --run 0mc3 --format safetensors --to line4-model',
        'model.safetensors with the weights by name, and config.json beside it',
      ],
      [
        'export --run 0mc3 --format onnx --to line4.onnx',
        'for ONNX Runtime; all that scoring needs is inside',
      ],
      ['export --run 0mc3 --format package --to line4', 'for another workstation, see "import-model"'],
      ['export --run 0mc3 --format parquet --to line4.parquet', 'scores, and decisions beside them'],
      [
        'export --run 0mc3 --format csv --components --to line4.csv',
        'and all that scores are made of, for each tile',
      ],
      [
        'export --run 0mc3 --format report --to line4.pdf --language zh-CN',
        'for an auditor; .html is one page with all inside',
      ],
    ],
    declare: (command) =>
      command
        .requiredOption('--run <run>', 'the run')
        .addOption(oneOf('--format <format>', 'what to write', formats).makeOptionMandatory())
        .requiredOption('--to <dir>', 'the file or folder to write; nothing is overwritten')
        .option(
          '--batch <n>',
          'tiles in one call of a SavedModel or ONNX model (default: 1)',
          wholeNumber(1, 256),
        )
        .addOption(oneOf('--language <language>', 'of a report (default: en)', reportLanguages))
        .addOption(oneOf('--split <split>', 'what a report is about (default: test)', splitSchema.options))
        .option('--components', 'with csv and parquet: also the components that scores are made of')
        .option('--operator <name>', 'who exports (default: the name of this user account)'),
    options: z.object({
      run: z.string(),
      format: z.enum(formats),
      to: z.string(),
      batch: z.number().default(1),
      language: z.enum(reportLanguages).default('en'),
      split: splitSchema.default('test'),
      components: z.boolean().default(false),
      operator: z.string().optional(),
    }),
    async act(context, options) {
      const { run, format, to, batch, language, split, components } = options
      const { operator = context.operator } = options
      if (components && format !== 'csv' && format !== 'parquet') {
        throw new WrongUse('--components goes with --format csv or parquet.')
      }
      const session = await context.session()
      if (format !== 'safetensors') {
        const [{ startExport }, { exportSummarySchema }] = await Promise.all([
          import('./exporting.ts'),
          import('./table-formats.ts'),
        ])
        const { job } = startExport(session, {
          run,
          format,
          to: resolve(to),
          batch,
          language,
          split,
          components,
          operator,
        })
        const ended = await followJob(context, session, job)
        if (ended.state === 'cancelled') throw new Stopped('export')
        const summary = exportSummarySchema.parse(ended.result)
        return { document: summary, text: summary.files.map((file) => `Wrote ${file}\n`).join('') }
      }
      const { exportModel } = await import('./export-model.ts')
      const document = await exportModel(session.workspace, { run, to: resolve(to) })
      return {
        document,
        text: `${document.to}: ${document.files.join(' and ')}, ${document.weights.toLocaleString('en')} weights.\n`,
      }
    },
  })
