/** `import-model`: imports a model package of another workstation as a run. */
import { resolve } from 'node:path'
import { z } from 'zod'
import type { AddCommand } from '../../command-line/command.ts'

export const addImportModel: AddCommand = (line) =>
  line.add({
    acts: true,
    name: 'import-model',
    parameters: [['<dir>', 'a folder that "export --format package" wrote']],
    summary: 'take a model of another workstation into this workspace',
    examples: [['import-model line4 --dataset line4', 'checks every file, then scores as it did there']],
    declare: (command) =>
      command.option('--dataset <name>', 'the dataset it belongs to here (default: as it was called there)'),
    options: z.object({ dataset: z.string().optional() }),
    async act(context, { dataset = null }, dir = '') {
      const session = await context.session({ create: true })
      const { importModel } = await import('./model-import.ts')
      const imported = await importModel(session, {
        folder: resolve(dir),
        dataset,
        operator: context.operator,
      })
      const { run } = imported
      return {
        document: { run: run.id, model: run.model, dataset: imported.dataset, threshold: imported.threshold },
        text:
          `Run ${run.id} (${run.model}), dataset "${imported.dataset}".\n` +
          (imported.threshold === null
            ? ''
            : `It came with the threshold ${imported.threshold.threshold} (${imported.threshold.name}), which was set on other parts: set one for this line.\n`) +
          `Next: fanoscope score --run ${run.id} --images DIR\n`,
      }
    },
  })
