/** kill -9 of main or of the engine at a random moment of each kind of job, while an operator decides. */
import { checkWhole, type Decided, decide, noDecisions, signIn } from '../health.ts'
import { endWatch, jobStarts, triedKinds } from '../jobs.ts'
import { type Place, pick, type Trial } from '../place.ts'
import { engineOf } from '../processes.ts'
import type { Station } from '../station.ts'

/** A moment is so many confirmed decisions and events after the start of the job. */
const furthest = 60

/** Decides until `moment` decisions and events have come, or the job is over for long. */
async function work(station: Station, place: Place, decided: Decided, moment: number): Promise<void> {
  let heard = 0
  const stop = station.onEvent(() => {
    heard += 1
  })
  while (heard < moment) {
    if (!(await decide(station, place, decided))) break
    heard += 1
  }
  stop()
}

async function killOnce(place: Place, decided: Decided, kind: (typeof triedKinds)[number]): Promise<void> {
  const station = await place.start()
  await signIn(station)
  // Drawing the sample line takes minutes, and no engine has a part in it.
  const whom = kind === 'sample' ? 'main' : pick(place.random, ['main', 'main', 'engine'] as const)
  const moment = place.random.int(furthest)
  const job = await jobStarts[kind](station, place)
  await work(station, place, decided, moment)
  const engine = whom === 'engine' ? engineOf(station.mark) : null
  place.say(`${engine === null ? 'main' : 'engine'} during ${kind} after ${moment}`)
  if (engine === null) {
    await station.kill()
    return
  }
  process.kill(engine, 'SIGKILL')
  await decide(station, place, decided)
  // A watch goes on with the next engine; the others end.
  await endWatch(station)
  await station.ended(job)
  await checkWhole(station, place, decided)
  await station.end()
}

export const kills: Trial = {
  what: 'kill -9 of main or engine during each kind of job',
  each: 3,
  async run(place, count) {
    const decided = noDecisions()
    const kinds = place.random.shuffle([...triedKinds])
    for (let i = 0; i < count; i += 1) {
      const kind = kinds[i % kinds.length]
      if (kind !== undefined) await killOnce(place, decided, kind)
      const next = await place.start()
      await checkWhole(next, place, decided)
      await endWatch(next)
      await next.end()
    }
    place.say(`${decided.count} decisions confirmed`)
  },
}
