/** An output hands the verdicts of a watched folder on: to a file, a folder, later a machine of the line. */
import type { LivePart, LiveWatch } from '../../../shared/live.ts'
import type { Workspace } from '../../store/workspace.ts'

/** A part with its verdict, as outputs are given it. */
export interface PartResult {
  part: LivePart
  /** Its anomaly map inside the workspace, whose values are stored as shares of `scale`; null where there is none. */
  map: { file: string; scale: number } | null
  /** The value that is shown as white in every map of the run. */
  mapScale: number
  /**
   * Numbers of the parts that `begin` read, so that what it made has them. An output that makes it anew from the written
   * parts empties this.
   */
  listed: Set<number>
}

export interface Output {
  /**
   * Called when the watch begins, before the first part. Brings what is written up to what the database has. It must read
   * the parts before it first waits for anything: those that are judged later are not `listed`.
   */
  begin?(workspace: Workspace, watch: LiveWatch): Promise<void>
  /** Called once for each part, and again, while the line runs or at its next start, where it failed. */
  write(workspace: Workspace, watch: LiveWatch, result: PartResult): Promise<void>
}
