/** Adds, changes and removes inspection points, and says how each goes. */
import type { InspectionPoint } from '../../../shared/inspection-point.ts'
import type { Session } from '../../session/session.ts'
import type { Database } from '../../store/database.ts'
import {
  addPoint,
  changePoint,
  listPoints,
  removePoint,
  type StoredPoint,
} from '../../store/inspection-points.ts'
import { countParts, newestWatch } from '../../store/live.ts'
import { lineStateOf } from '../delivery/deliver-results.ts'
import { behindBy, jobOf } from './live.ts'
import { watchNotesOf } from './watch-notes.ts'

export const pointStates = (session: Session): InspectionPoint[] =>
  storedPointStates(session.workspace.db).map((point) => ({
    ...point,
    state: lineStateOf(session, point.name),
    job: point.watch === null ? null : jobOf(session, point.watch),
    skipped: watchNotesOf(session, point.name).skipped,
  }))

/** What is stored of each point, for a process that may not be the one that watches. */
export const storedPointStates = (db: Database): Omit<InspectionPoint, 'state' | 'job' | 'skipped'>[] =>
  listPoints(db).map((point) => {
    const watch = newestWatch(db, point.name) ?? null
    const { arrived, flagged, waiting } = countParts(db, watch?.id ?? '')
    return { ...point, watch, arrived, flagged, waiting, isBehind: behindBy(waiting, null, []) !== null }
  })

const changed = (session: Session): void => session.events.emit('inspection.changed', {})

/** @throws Failure `inspection-name-taken` */
export function addInspectionPoint(session: Session, point: StoredPoint, operator: string | null): void {
  addPoint(session.workspace.db, point, operator)
  changed(session)
}

/** @throws Failure `inspection-unknown` */
export function changeInspectionPoint(session: Session, point: StoredPoint, operator: string | null): void {
  changePoint(session.workspace.db, point, operator)
  changed(session)
}

/** @throws Failure those of `removePoint` */
export function removeInspectionPoint(session: Session, name: string, operator: string | null): void {
  removePoint(session.workspace.db, name, operator)
  changed(session)
}
