/** An application that answers every call with its example and remembers what it was asked. */
import type { AssetSource } from '../../../src/main/app/assets/source.ts'
import type { Handlers } from '../../../src/main/contract/dispatch.ts'
import type { Drops } from '../../../src/main/features/folders/drops.ts'
import { createEventHub, type EventHub } from '../../../src/main/platform/events.ts'
import type { CallName } from '../../../src/shared/contract.ts'
import { Failure } from '../../../src/shared/failure.ts'
import { callExamples } from './contract-examples.ts'

export interface RecordedApplication {
  handlers: Handlers
  events: EventHub
  assets: AssetSource
  drops: Pick<Drops, 'write'>
  /** What came by a drop: its path below the drop, and how long it was. */
  dropped: { id: string; path: string; bytes: number }[]
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
  const dropped: RecordedApplication['dropped'] = []
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
    drops: {
      async write(id, path, content) {
        let bytes = 0
        for await (const piece of content) bytes += piece.length
        if (id !== 'p-1') throw new Failure('drop-unknown')
        dropped.push({ id, path, bytes })
      },
    },
    dropped,
    asked,
    closed: 0,
    async close() {
      this.closed += 1
    },
  }
}
