/**
 * No part is judged by two models: while another one is to judge, after a promotion or a rollback, the present one
 * still judges the views of parts of which it has judged a view; all other parts wait. As soon as no such part is open,
 * which takes at most the time that a part has for its views, the models are exchanged.
 */
import { begunWith, hasBegunPart, openViewedOf } from '../../store/viewed-parts.ts'
import type { WatchedLine } from './watched-line.ts'

/** Whether the present model has to stay, because a part is open of which it judged a view, or judges one now. */
export function hasBegunParts({ session, watch, model, fed, unmeasured, isMeasuring }: WatchedLine): boolean {
  const { db } = session.workspace
  const atWork = [...fed, ...unmeasured.keys()]
  return (
    isMeasuring ||
    hasBegunPart(db, watch.id, model.run.id) ||
    atWork.some((image) => openViewedOf(db, watch.id, image).length > 0)
  )
}

/** Whether an image is to wait for the model that is to come. Where nothing is exchanged, none is. */
export function waitsForModel(line: WatchedLine, image: number): boolean {
  const { session, watch, model, fed, unmeasured } = line
  if (!line.isGoingOver) return false
  const { db } = session.workspace
  const parts = openViewedOf(db, watch.id, image)
  const isBegun = (part: number): boolean => begunWith(db, part)?.run === model.run.id
  if (parts.some(isBegun)) return false
  const atWork = new Set([...fed, ...unmeasured.keys()].flatMap((other) => openViewedOf(db, watch.id, other)))
  return !parts.some((part) => atWork.has(part))
}
