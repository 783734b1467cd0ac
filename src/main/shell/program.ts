/** The whole command line. Each command is a file of its feature and one line here. */

import { type CommandLine, createCommandLine } from '../command-line/command.ts'
import type { Io } from '../command-line/io.ts'
import { addAudit } from '../features/audit/audit-command.ts'
import { addFeatures } from '../features/backbones/features-command.ts'
import { addChoose } from '../features/choosing/choose-command.ts'
import { addCompare } from '../features/comparison/compare-command.ts'
import { addDrift } from '../features/comparison/drift-command.ts'
import { addCurate } from '../features/curation/curate-command.ts'
import { addRegionOfInterest } from '../features/datasets/region-of-interest-command.ts'
import { addWhite } from '../features/datasets/white-command.ts'
import { addOutputs } from '../features/delivery/outputs-command.ts'
import { addDoctor } from '../features/doctor/doctor-command.ts'
import { addExport } from '../features/export/export-command.ts'
import { addGrabbers } from '../features/grabbers/grabbers-command.ts'
import { addImport } from '../features/import/import-command.ts'
import { addIntake } from '../features/intake/intake-command.ts'
import { addLabel } from '../features/label/label-command.ts'
import { addMasks } from '../features/label/masks-command.ts'
import { addCurve } from '../features/learning-curve/curve-command.ts'
import { addLive } from '../features/live/live-command.ts'
import { addPoints } from '../features/live/points-command.ts'
import { addRecipes } from '../features/live/recipes-command.ts'
import { addRetention } from '../features/live/retention-command.ts'
import { addImportModel } from '../features/models/import-model-command.ts'
import { addPromote } from '../features/models/promote-command.ts'
import { addRollback } from '../features/models/rollback-command.ts'
import { addOperators } from '../features/operators/operators-command.ts'
import { addRemove } from '../features/removal/remove-command.ts'
import { addRemoved } from '../features/removal/removed-command.ts'
import { addRename } from '../features/removal/rename-command.ts'
import { addReview } from '../features/review/review-command.ts'
import { addNote } from '../features/runs/note-command.ts'
import { addRuns } from '../features/runs/runs-command.ts'
import { addSample } from '../features/sample/sample-command.ts'
import { addEvaluate } from '../features/scoring/evaluate-command.ts'
import { addScore } from '../features/scoring/score-command.ts'
import { addThreshold } from '../features/thresholds/threshold-command.ts'
import { addModels } from '../features/training/models-command.ts'
import { addRetrain } from '../features/training/retrain-command.ts'
import { addTrain } from '../features/training/train-command.ts'
import { addUpdate } from '../features/update/update-command.ts'
import { addBackup } from '../features/workspace/backup-command.ts'
import { addClock } from '../features/workspace/clock-command.ts'
import { addRestore } from '../features/workspace/restore-command.ts'
import { addVerify } from '../features/workspace/verify-command.ts'
import { addAddress } from './address-command.ts'
import { addServe } from './serve-command.ts'
import { addStartCheck } from './start-check-command.ts'

const commands = [
  addSample,
  addImport,
  addLabel,
  addMasks,
  addRegionOfInterest,
  addWhite,
  addTrain,
  addRuns,
  addNote,
  addRename,
  addRemove,
  addRemoved,
  addScore,
  addEvaluate,
  addChoose,
  addCurve,
  addThreshold,
  addReview,
  addCurate,
  addRetrain,
  addCompare,
  addPromote,
  addRollback,
  addDrift,
  addLive,
  addPoints,
  addRecipes,
  addGrabbers,
  addIntake,
  addOutputs,
  addRetention,
  addExport,
  addImportModel,
  addModels,
  addFeatures,
  addDoctor,
  addVerify,
  addOperators,
  addAudit,
  addBackup,
  addRestore,
  addClock,
  addUpdate,
  addStartCheck,
  addServe,
  addAddress,
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
  const line = createCommandLine(
    io,
    (program) =>
      program
        .name('fanoscope')
        .description('Offline visual inspection with GAN anomaly detection.')
        .addHelpText('after', afterHelp),
    {
      hooks: async () => (await import('../app/session-hooks.ts')).sessionHooks,
      signIn: async () => (await import('../features/operators/sign-in.ts')).signInAtCommand,
    },
  )
  for (const add of commands) add(line)
  return line
}
