/** Fuzzed calls over a real socket, and messages that are no calls. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { awkwardCalls, awkwardInput } from '../../../test/main/contract/awkward-inputs.ts'
import { closing, socketTo } from '../../../test/main/shell/browser-visitor.ts'
import { checkLists } from '../health.ts'
import { type Place, pick, type Trial } from '../place.ts'
import { residentBytes } from '../processes.ts'
import type { Station } from '../station.ts'

const batch = 250
/** Fewer messages only load what is used for the first time. */
const leastForMemory = 5000
/** Memory that a process may keep more of after the first batches, for caches and what was not collected yet. */
const mayGrow = 256 * 1024 * 1024

/** A window that sends what is no call is closed, and nobody else. */
async function sendRubbish({ url, cookie }: Station, { random }: Place): Promise<void> {
  const text = pick(random, [
    '',
    '{',
    'null',
    '[]',
    '{"id":"x"}',
    '\0',
    '['.repeat(100_000),
    'é'.repeat(50_000),
  ])
  const socket = socketTo(url, cookie)
  const closed = closing(socket)
  socket.once('open', () => socket.send(text))
  await closed
}

export const messages: Trial = {
  what: 'fuzzed calls over the socket',
  each: 500,
  async run(place, count) {
    const { random } = place
    writeFileSync(join(place.folder, 'file'), 'x')
    const station = await place.start()
    const memory: number[] = []
    for (let done = 0; done < count; done += batch) {
      const seed = random.uint32() & 0x7fffffff
      const calls = Array.from({ length: Math.min(batch, count - done) }, () => pick(random, awkwardCalls))
      await Promise.all(
        calls.map((name, i) => {
          const [input] = fc.sample(awkwardInput(name, place.folder), { seed: seed + i, numRuns: 1 })
          return station.askAny(name, input)
        }),
      )
      await sendRubbish(station, place)
      await station.must('workspace.open', { dir: place.workspace })
      memory.push(residentBytes(station.pid) ?? 0)
    }
    // A message may have removed what the lists are asked for.
    for (const kind of ['dataset', 'run'] as const) {
      const removed = (await station.must('removed.list', {})).filter((one) => one.kind === kind)
      for (const { id } of removed) await station.must('removed.putBack', { kind, id })
    }
    await checkLists(station, place.prepared)
    const [early = 0, late = 0] = [memory[Math.floor(memory.length / 3)], memory.at(-1)]
    const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MB`
    const tenths = Array.from({ length: 10 }, (_, i) => memory[Math.floor((i * memory.length) / 10)] ?? 0)
    place.say(
      `${count} messages; resident ${tenths.map(megabytes).join(', ')}, and ${megabytes(late)} at the end`,
    )
    if (count >= leastForMemory && late > early + mayGrow) place.find('memory grows')
    await station.end()
  },
}
