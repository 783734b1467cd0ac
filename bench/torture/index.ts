/** Torture: `npm run -s torture -- --help` tells the options. Exit code 1 where anything did not hold. */
import { parseArgs } from 'node:util'
import { torture, trials } from './torture.ts'

const names = Object.keys(trials)
const help = `npm run -s torture -- [options]

  --minutes N    goes on for so long (5), and then ends the step that it is in
  --steps N      does so many steps instead
  --seed S       what is drawn (1)
  --only TRIALS  some of these, with commas; default: all in turn
${Object.entries(trials)
  .map(([name, { what, each }]) => `                 ${name.padEnd(12)}${what} (${each} a step)`)
  .join('\n')}
  --count N      does one step of each trial, with so many of what it does
`

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '5' },
    steps: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: names.join() },
    count: { type: 'string' },
  },
})

async function main(): Promise<void> {
  const only = values.only.split(',')
  const unknown = only.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new RangeError(`There is no trial "${unknown}"; there are ${names.join(', ')}.`)
  const end = Date.now() + Number(values.minutes) * 60_000
  const count = values.count === undefined ? null : Number(values.count)
  const steps = values.steps === undefined ? (count === null ? null : only.length) : Number(values.steps)
  const started = Date.now()
  const say = (text: string): void => void process.stdout.write(`${text}\n`)
  const done = await torture({
    seed: Number(values.seed),
    only,
    count,
    goesOn: (number) => (steps === null ? Date.now() < end : number < steps),
    say,
  })
  for (const [name, number] of Object.entries(done.steps)) say(`${name}: ${number} steps`)
  for (const finding of done.findings) say(`FOUND ${finding}`)
  say(`seed ${values.seed}: ${done.findings.length} findings, ${Math.round((Date.now() - started) / 1000)} s`)
  process.exitCode = done.findings.length === 0 ? 0 : 1
}

if (values.help) process.stdout.write(help)
else await main()
