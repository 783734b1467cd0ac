/** The model that a start of the line would take. */
import type { ModelUse } from '../../../shared/model.ts'
import type { Run } from '../../../shared/run.ts'

/**
 * A person's choice; else the model in use of the dataset whose model judged the last time, else the model that was
 * put into use last, else the one that judged the last time or, at first, the newest.
 *
 * @param trained the newest first
 * @param last the run that judged the last time
 */
export function modelToStart({
  trained,
  uses,
  chosen,
  last,
}: {
  trained: readonly Run[]
  uses: readonly Pick<ModelUse, 'datasetId' | 'runId' | 'since'>[]
  chosen: string
  last: string | null
}): Run | null {
  const find = (id: string | null | undefined): Run | undefined => trained.find((run) => run.id === id)
  const ofLast = uses.find(({ datasetId }) => datasetId === find(last)?.datasetId)
  const newest = uses.toSorted((a, b) => b.since - a.since)[0]
  return find(chosen) ?? find(ofLast?.runId) ?? find(newest?.runId) ?? find(last) ?? trained[0] ?? null
}
