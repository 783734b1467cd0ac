/** An application that answers every call with its example and remembers what it was asked. */
import type { AssetSource } from '../../src/main/assets/source.ts'
import type { Handlers } from '../../src/main/contract/dispatch.ts'
import { createEventHub, type EventHub } from '../../src/main/services/events.ts'
import type { CallName } from '../../src/shared/contract.ts'
import { callExamples } from './contract-examples.ts'

export interface RecordedApplication {
  handlers: Handlers
  events: EventHub
  assets: AssetSource
  asked: { name: string; input: unknown }[]
  closed: number
  close(): Promise<void>
}

export const isCall = (name: string): name is CallName => Object.hasOwn(callExamples, name)
export const callNames = Object.keys(callExamples).filter(isCall)

export const nothingStored: AssetSource = {
  cacheFolder: null,
  imageFile: () => null,
  maskFile: () => null,
  mapFile: () => null,
  reconstructionFile: () => null,
  previewFile: () => null,
}

export function recordedApplication(changes: Partial<Handlers> = {}): RecordedApplication {
  const asked: RecordedApplication['asked'] = []
  const examples: Handlers = Object.fromEntries(
    callNames.map((name): unknown[] => [
      name,
      (input: unknown) => {
        asked.push({ name, input })
        return callExamples[name].output
      },
    ]),
  )
  return {
    handlers: { ...examples, ...changes },
    events: createEventHub(),
    assets: nothingStored,
    asked,
    closed: 0,
    async close() {
      this.closed += 1
    },
  }
}
