import { onTestFinished } from 'vitest'
import { openReceiver, type Receiver } from './open-receiver.ts'

/** A receiver of webhooks that ends with the test. */
export async function startReceiver(): Promise<Receiver> {
  const receiver = await openReceiver()
  onTestFinished(() => receiver.away())
  return receiver
}
