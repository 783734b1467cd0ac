/** The whole command line. A command is one file and one line here. */
import { addAudit } from './audit.ts'
import { addBackup } from './backup.ts'
import { addChoose } from './choose.ts'
import { type CommandLine, createCommandLine } from './command.ts'
import { addCompare } from './compare.ts'
import { addCurate } from './curate.ts'
import { addDoctor } from './doctor.ts'
import { addDrift } from './drift.ts'
import { addEvaluate } from './evaluate.ts'
import { addExport } from './export.ts'
import { addImport } from './import.ts'
import { addImportModel } from './import-model.ts'
import type { Io } from './io.ts'
import { addModels } from './models.ts'
import { addPromote } from './promote.ts'
import { addRegion } from './region.ts'
import { addRetention } from './retention.ts'
import { addRetrain } from './retrain.ts'
import { addReview } from './review.ts'
import { addRollback } from './rollback.ts'
import { addSample } from './sample.ts'
import { addScore } from './score.ts'
import { addServe } from './serve.ts'
import { addThreshold } from './threshold.ts'
import { addTrain } from './train.ts'
import { addVerify } from './verify.ts'

const commands = [
  addSample,
  addImport,
  addRegion,
  addTrain,
  addScore,
  addEvaluate,
  addChoose,
  addThreshold,
  addReview,
  addCurate,
  addRetrain,
  addCompare,
  addPromote,
  addRollback,
  addDrift,
  addRetention,
  addExport,
  addImportModel,
  addModels,
  addDoctor,
  addVerify,
  addAudit,
  addBackup,
  addServe,
]

const afterHelp = `
Example, from nothing to a reviewed heat map:
  fanoscope sample sample-line
  fanoscope import sample-line --dataset sample --has-direction
  fanoscope train --dataset sample --preset quick
  fanoscope score --run <run>
  fanoscope review --run <run> --list

Exit code: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C.`

export function createProgram(io: Io): CommandLine {
  const line = createCommandLine(io, (program) =>
    program
      .name('fanoscope')
      .description('Offline visual inspection with GAN anomaly detection.')
      .addHelpText('after', afterHelp),
  )
  for (const add of commands) add(line)
  return line
}
