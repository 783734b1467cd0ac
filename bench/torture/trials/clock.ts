/**
 * A clock that is years ahead or behind at some starts: that is said until somebody answers, nothing is cleared away, and
 * the audit stays whole.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkWhole, decide, noDecisions, signIn } from '../health.ts'
import { liveOn } from '../jobs.ts'
import { pick, type Trial, until } from '../place.ts'

const day = 86_400_000
/** Half of the thirty days for which good pictures are kept. */
const mayGoForward = 15
const module = pathToFileURL(join(import.meta.dirname, '..', 'moved-clock.ts')).href

export const clock: Trial = {
  what: 'a clock that jumps between starts',
  each: 3,
  async run(place, count) {
    const decided = noDecisions()
    let live: string[] = []
    let before = 0
    let waits = false
    for (let i = 0; i <= count; i += 1) {
      const days = i === 0 ? 0 : pick(place.random, [-2 * 365, -1, 0, 40, 5 * 365, 73 * 365])
      const station = await place.start({
        environment: { NODE_OPTIONS: `--import=${module}`, FANOSCOPE_CLOCK: String(days * day) },
      })
      await signIn(station)
      waits ||= days < before || days - before > mayGoForward
      before = days
      const { workspace } = await station.must('app.info', {})
      if ((workspace?.clock !== null) !== waits)
        place.find(
          `at ${days} days a jump is ${waits ? 'not ' : ''}said: ${JSON.stringify(workspace?.clock)}`,
        )
      for (let n = 0; n < 3; n += 1) await decide(station, place, decided)
      if (i === 0) {
        const { live: job, arrived } = await liveOn(station, place)
        await until('verdicts', async () => {
          const { arrived: taken, waiting } = await station.must('live.state', {})
          return taken === arrived.length && waiting === 0
        })
        live = arrived
        await station.must('live.stop', {})
        await station.ended(job)
      }
      const { parts } = await station.must('live.state', {})
      place.say(`${days} days: ${parts.length} parts`)
      if (live.some((file) => !parts.some((part) => part.file === file)))
        place.find(`parts are gone at ${days} days`)
      await checkWhole(station, place, decided)
      // Where it is not ahead, so that nothing may be cleared away.
      if (waits && days <= 0 && place.random.int(2) === 0) {
        await station.must('clock.confirm', {})
        waits = false
      }
      await station.end()
    }
  },
}
