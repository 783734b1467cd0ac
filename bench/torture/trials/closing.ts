/** Closing and opening during each kind of job: the workspace by a call, and the application by Ctrl-C. */
import { checkWhole, decide, noDecisions, signIn } from '../health.ts'
import { endWatch, jobStarts, triedKinds } from '../jobs.ts'
import { pick, type Trial } from '../place.ts'

export const closing: Trial = {
  what: 'closing and opening during each kind of job',
  each: 2,
  async run(place, count) {
    const decided = noDecisions()
    const kinds = place.random.shuffle([...triedKinds])
    for (let i = 0; i < count; i += 1) {
      const kind = kinds[i % kinds.length] ?? pick(place.random, triedKinds)
      const how = pick(place.random, ['workspace', 'application'] as const)
      const moment = place.random.int(20)
      place.say(`${how} during ${kind} after ${moment}`)
      const station = await place.start()
      await signIn(station)
      await jobStarts[kind](station, place)
      for (let n = 0; n < moment; n += 1) await decide(station, place, decided)
      if (how === 'workspace') {
        await station.must('workspace.close', {})
        await station.must('workspace.open', { dir: place.workspace })
        await checkWhole(station, place, decided)
        await endWatch(station)
        await station.end()
        continue
      }
      await station.end()
      const next = await place.start()
      await checkWhole(next, place, decided)
      await endWatch(next)
      await next.end()
    }
  },
}
