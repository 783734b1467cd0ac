import { outputStates } from '../../../../src/main/features/delivery/deliver-results.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import type { Output } from '../../../../src/shared/output.ts'

/** Resolves once the outputs are so, looked at after each change of one. */
export async function untilOutputs(
  session: Session,
  holds: (outputs: readonly Output[]) => boolean,
): Promise<void> {
  while (!holds(outputStates(session))) {
    await new Promise<void>((resolve) => {
      const stop = session.events.on('output.changed', () => {
        stop()
        resolve()
      })
    })
  }
}
