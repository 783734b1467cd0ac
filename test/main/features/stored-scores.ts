import { readFileSync } from 'node:fs'
import { componentsOf, iterateScores, scoreOf } from '../../../src/main/store/scores.ts'
import type { Workspace } from '../../../src/main/store/workspace.ts'
import type { Id } from '../../../src/shared/values.ts'

/** All that scoring stored of a run besides times: rows, components, and the bytes of maps and reconstructions. */
export function storedScores(workspace: Workspace, run: Id): object[] {
  return [...iterateScores(workspace.db, run)].map(({ imageId }) => {
    const row = scoreOf(workspace.db, run, imageId)
    const bytes = [row?.mapFile, row?.reconstructionFile].map((file) =>
      readFileSync(workspace.path(file ?? '')).toString('base64'),
    )
    return { ...row, scoredAt: 0, components: componentsOf(workspace.db, run, imageId), bytes }
  })
}
