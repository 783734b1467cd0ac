import { describe, expect, it } from 'vitest'
import { lastWords, runCommand } from '../../../scripts/setup/command.mjs'

const node = (script: string, options: Parameters<typeof runCommand>[2] = {}) =>
  runCommand(process.execPath, ['--eval', script], options)

describe('another program', () => {
  it('gives back what it said and whether it was well', async () => {
    expect(await node(`console.log('out'); console.error('err')`)).toEqual({
      ok: true,
      code: 0,
      stdout: 'out\n',
      stderr: 'err\n',
      trouble: null,
    })
    expect(await node('process.exit(3)')).toMatchObject({ ok: false, code: 3 })
  })

  it('that is not there is no exception', async () => {
    const result = await runCommand('no-such-program-anywhere', [])
    expect(result).toMatchObject({ ok: false, code: null, trouble: expect.stringContaining('ENOENT') })
  })

  it('is ended when its time is over, which is said', async () => {
    const result = await node('setInterval(() => {}, 1000)', { timeout: 200 })
    expect(result).toMatchObject({ ok: false, trouble: expect.stringContaining('took longer than') })
  })

  it('is ended when who watches it says why', async () => {
    const result = await node('setInterval(() => {}, 1000)', { onTick: () => 'nothing came', tick: 5 })
    expect(result).toMatchObject({ ok: false, trouble: 'nothing came' })
  })

  it('that says very much has its end kept', async () => {
    const result = await node(`process.stdout.write('x'.repeat(300_000) + 'the end')`)
    expect(result.stdout.length).toBeLessThan(100_000)
    expect(result.stdout.endsWith('the end')).toBe(true)
  })
})

describe('its last words', () => {
  it('are what went wrong and the last lines', () => {
    const result = { ok: false, code: 1, stdout: 'a\nb\n', stderr: 'c\n', trouble: 'took longer than 1 s' }
    expect(lastWords(result, 2)).toBe('took longer than 1 s\nb\nc')
    expect(lastWords({ ...result, trouble: null }, 10)).toBe('a\nb\nc')
    expect(lastWords({ ...result, stdout: '', stderr: '', trouble: null })).toBe('')
  })
})
