import { describe, expect, it } from 'vitest'
import { type Finished, fanoscope } from './fanoscope.ts'

/** Has the process write on standard error which native libraries it loads. */
const reportsNative = `import { registerHooks } from 'node:module'
registerHooks({
  load(url, context, next) {
    if (/node_modules.(?:sharp|better-sqlite3)\\b/.test(url)) console.error(url)
    return next(url, context)
  },
})`

const commands = [
  'sample',
  'import',
  'region',
  'train',
  'score',
  'evaluate',
  'choose',
  'threshold',
  'review',
  'models',
  'runs',
  'live',
  'features',
  'doctor',
  'verify',
  'audit',
  'backup',
  'serve',
  'address',
]

describe('help', () => {
  it('lists every command, and how to get from nothing to a heat map', async () => {
    const { code, stdout } = await fanoscope(['--help'])
    expect(code).toBe(0)
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name)
    expect(listed).toEqual(expect.arrayContaining(commands))
    expect(stdout).toContain('fanoscope sample')
  })

  it('loads neither the database nor the decoder of pictures', async () => {
    const hook = `data:text/javascript,${encodeURIComponent(reportsNative)}`
    const { code, stderr } = await fanoscope(['--help'], {
      environment: { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${hook}` },
    })
    expect([code, stderr]).toEqual([0, ''])
  })

  it.each(commands)('of %s has an example, and says where the workspace is', async (name) => {
    const { code, stdout, stderr }: Finished = await fanoscope([name, '--help'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(new RegExp(`^Usage: fanoscope ${name}`))
    expect(stdout).toMatch(new RegExp(`Examples?:\\n {2}# .+\\n {2}fanoscope ${name}`))
    expect(stdout).toContain('--workspace <dir>')
    expect(stdout).toContain('--json')
  })
})
