/** A calibrated score as it came about: of so many good validation parts, these have a lower score. */
import type { Counted } from './counted.ts'
import type { Run } from './run.ts'

/**
 * @param calibrated in percent, as scoring stores it
 * @returns `whole` is 0 where the run does not say on how many parts it was calibrated
 */
export function calibratedRank({ calibration }: Pick<Run, 'calibration'>, calibrated: number): Counted {
  const [scores] = Object.values(calibration?.scores ?? {})
  const whole = scores?.length ?? 0
  return { part: Math.round((calibrated / 100) * whole), whole }
}
