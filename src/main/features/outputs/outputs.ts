/** Every output of a watched folder, in the order in which they are written: a further one is a file and a line here. */
import type { LivePart, LiveWatch } from '../../../shared/live.ts'
import { markWritten, unwrittenParts } from '../../store/live.ts'
import type { Workspace } from '../../store/workspace.ts'
import { flaggedPictures } from './flagged-pictures.ts'
import type { Output, PartResult } from './output.ts'
import { resultsFile } from './results-file.ts'

// The line of a part in the results file comes last: what it refers to is there by then.
const outputs: readonly Output[] = [flaggedPictures, resultsFile]

export async function beginOutputs(workspace: Workspace, watch: LiveWatch): Promise<void> {
  for (const output of outputs) {
    if (output.begin) await output.begin(workspace, watch)
  }
}

/** The outputs that have a result already: one that failed is given it again without the others getting it twice. */
export type HandedOut = Set<Output>

/** Hands a result to every output. The part counts as written after all of them have it. */
export async function writeResult(
  workspace: Workspace,
  watch: LiveWatch,
  result: PartResult,
  handedOut: HandedOut,
): Promise<void> {
  for (const output of outputs) {
    if (handedOut.has(output)) continue
    await output.write(workspace, watch, result)
    handedOut.add(output)
  }
  markWritten(workspace.db, result.part.id)
}

/** Parts whose verdict is stored and whose result is not: a process ended between the two. */
export const unwritten = ({ db }: Workspace, watch: LiveWatch): LivePart[] => unwrittenParts(db, watch.id)
