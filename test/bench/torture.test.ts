/** A short torture with a fixed seed: one step of each trial. `npm run torture` does it for as long as one likes. */
import { expect, it } from 'vitest'
import { torture, trials } from '../../bench/torture/torture.ts'

it('a hard day of each kind loses nothing that was confirmed, and all of it is said', async () => {
  const only = Object.keys(trials)
  const said: string[] = []
  const { steps, findings } = await torture({
    seed: 17,
    only,
    count: null,
    goesOn: (done) => done < only.length,
    say: (text) => said.push(text),
  })
  expect(findings, said.join('\n')).toEqual([])
  expect(steps).toEqual(Object.fromEntries(only.map((name) => [name, 1])))
}, 1_500_000)
