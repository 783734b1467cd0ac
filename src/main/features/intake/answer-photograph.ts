/** What a program is answered once its photograph has its verdict. */
import type { IntakeAnswer } from '../../../shared/intake.ts'
import type { LivePart } from '../../../shared/live.ts'
import { resultOfPart } from '../../store/results.ts'
import { scoreOf } from '../../store/scores.ts'
import { viewedPart } from '../../store/viewed-parts.ts'
import type { Workspace } from '../../store/workspace.ts'
import { foundRegions } from './found-regions.ts'

export async function answerOf(workspace: Workspace, part: LivePart): Promise<IntakeAnswer> {
  const { db } = workspace
  const { id, at, image, run, verdict, viewed } = part
  if (verdict === null) throw new RangeError(`part ${id} has no verdict`)
  const result = resultOfPart(db, id)
  const hasMap = image !== null && run !== null && scoreOf(db, run, image)?.mapFile != null
  return {
    format: 'fanoscope.answer/1',
    number: result?.number ?? null,
    point: at,
    part: id,
    partNumber: (viewed === null ? null : viewedPart(db, viewed)?.number) ?? part.partNumber,
    view: part.view,
    verdict: result?.verdict ?? null,
    cause: result?.cause ?? null,
    photograph: verdict,
    score: part.score,
    threshold: part.threshold,
    reason: part.reason,
    regions: verdict === 'flagged' && hasMap ? await foundRegions(workspace, run, image) : [],
    map: hasMap ? `/v1/maps/${run}/${image}` : null,
  }
}
