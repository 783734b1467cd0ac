import type { Migration } from '../migrate.ts'
import { workspace } from './0001-workspace.ts'
import { evidence } from './0002-evidence.ts'
import { versionsAndModels } from './0003-versions-and-models.ts'
import { labeling } from './0004-labeling.ts'
import { line } from './0005-line.ts'
import { regionOfInterest } from './0006-region-of-interest.ts'
import { messages } from './0007-messages.ts'
import { warningsAsData } from './0008-warnings-as-data.ts'
import { grayLevels } from './0009-gray-levels.ts'
import { sampleRanges } from './0010-sample-ranges.ts'
import { storedFailures } from './0011-stored-failures.ts'
import { runFiles } from './0012-run-files.ts'
import { drawnTypes } from './0013-drawn-types.ts'
import { runNumbers } from './0014-run-numbers.ts'
import { pinTries } from './0015-pin-tries.ts'
import { proofs } from './0016-proofs.ts'
import { liveSplit } from './0017-live-split.ts'
import { seenParts } from './0018-seen-parts.ts'
import { removed } from './0019-removed.ts'
import { typeChanges } from './0020-type-changes.ts'
import { toldRows } from './0021-told-rows.ts'
import { removedOperators } from './0022-removed-operators.ts'
import { outbox } from './0023-outbox.ts'
import { inspectionPoints } from './0024-inspection-points.ts'
import { deposits } from './0025-deposits.ts'

/**
 * All migrations in order. A released one is never edited. To add one: take the next number, and add a file, a line
 * here, and a test.
 */
export const migrations: readonly Migration[] = [
  workspace,
  evidence,
  versionsAndModels,
  labeling,
  line,
  regionOfInterest,
  messages,
  warningsAsData,
  grayLevels,
  sampleRanges,
  storedFailures,
  runFiles,
  drawnTypes,
  runNumbers,
  pinTries,
  proofs,
  liveSplit,
  seenParts,
  removed,
  typeChanges,
  toldRows,
  removedOperators,
  outbox,
  inspectionPoints,
  deposits,
]
