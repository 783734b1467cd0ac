/** `scripts/setup.mjs` as npm runs it, in a small project of its own and with an npm that a test writes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { placesIn, projectRoot } from '../../../scripts/setup/places.mjs'
import { machines } from '../../../scripts/setup/plan.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** A project with set-up's scripts and one package; `npm` is the source of its npm. */
function project(npm: string): string {
  const root = temporaryFolder()
  cpSync(join(projectRoot, 'scripts'), join(root, 'scripts'), { recursive: true })
  writeFileSync(join(root, 'package.json'), '{"name":"small","version":"1.0.0"}')
  writeFileSync(join(root, 'package-lock.json'), '{"lockfileVersion":3,"packages":{"":{}}}')
  writeFileSync(join(root, 'npm-cli.cjs'), npm)
  return root
}

function setUp(
  root: string,
  parameters: string[] = [],
  watch: (child: ChildProcess, said: string) => void = () => {},
) {
  const env = {
    ...process.env,
    npm_execpath: join(root, 'npm-cli.cjs'),
    // Nothing is fetched: no TensorFlow, no Electron.
    FANOSCOPE_BACKEND: 'cpu',
    ELECTRON_SKIP_BINARY_DOWNLOAD: '1',
  }
  return new Promise<Ended>((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'scripts', 'setup.mjs'), ...parameters], {
      env,
      cwd: root,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      watch(child, stderr)
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** Does what `npm ci` does, and counts how often. */
const worksOnce = `
const fs = require('node:fs')
fs.appendFileSync('npm-runs.txt', process.argv.slice(2).join(' ') + '\\n')
fs.rmSync('node_modules', { recursive: true, force: true })
fs.mkdirSync('node_modules/@tensorflow/tfjs-node-gpu/deps', { recursive: true })
`

describe('set-up', () => {
  it('does what is to do, and says so on standard error alone', async () => {
    const root = project(worksOnce)
    const { code, stdout, stderr } = await setUp(root)
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toMatch(
      /^Setting up Fanoscope.*\n {2}npm packages .*\.\.\.\n.*: done, .*\nSet up in .*\n$/,
    )
    expect(readFileSync(join(root, 'npm-runs.txt'), 'utf8')).toMatch(/^ci --ignore-scripts /)
  })

  it('is silent when nothing is to do, starts no program and writes nothing', async () => {
    const root = project(worksOnce)
    await setUp(root)
    const before = readdirSync(root, { recursive: true })
    for (const target of ['start', 'test', 'command']) {
      expect(await setUp(root, ['--for', target])).toEqual({ code: 0, stdout: '', stderr: '' })
    }
    expect(readdirSync(root, { recursive: true })).toEqual(before)
    expect(readFileSync(join(root, 'npm-runs.txt'), 'utf8').trim().split('\n')).toHaveLength(1)
  })

  it('that fails says what happened and what to do, exits 1 and goes on the next time', async () => {
    const root = project(`console.error('npm error network timeout'); process.exit(1)`)
    const { code, stdout, stderr } = await setUp(root)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /not possible, npm ci failed\nSet-up failed: .*\nnpm error network timeout\nWhat to do: /,
    )
    expect(existsSync(placesIn(root).setupLock)).toBe(false)
    writeFileSync(join(root, 'npm-cli.cjs'), worksOnce)
    expect((await setUp(root)).code).toBe(0)
  })

  it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'that is stopped by %s ends what it started and gives the lock back',
    async (signal) => {
      const root = project(`
        require('node:fs').writeFileSync('npm.pid', String(process.pid))
        setInterval(() => undefined, 1000)
        console.log('at work')`)
      let stopped = false
      const ended = setUp(root, [], (child, said) => {
        if (stopped || !said.includes('npm packages')) return
        stopped = true
        whenThere(join(root, 'npm.pid'), () => child.kill(signal))
      })
      const { code, stderr } = await ended
      expect(code).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal])
      expect(stderr).toContain('The next start goes on from here.')
      expect(existsSync(placesIn(root).setupLock)).toBe(false)
      await gone(Number(readFileSync(join(root, 'npm.pid'), 'utf8')))
    },
  )

  it('of two at once is done by one, and the other waits and finds nothing to do', async () => {
    const root = project(`${worksOnce}
      fs.writeFileSync('npm.pid', '1')
      const wait = () => fs.existsSync('go') ? undefined : setTimeout(wait, 10)
      wait()`)
    const first = setUp(root)
    await new Promise<void>((resolve) => whenThere(join(root, 'npm.pid'), resolve))
    const second = await setUp(root, [], (_child, said) => {
      if (said.includes('Another set-up')) writeFileSync(join(root, 'go'), '')
    })
    expect((await first).code).toBe(0)
    expect([second.code, second.stderr]).toEqual([0, expect.stringMatching(/^Another set-up .*\n$/)])
    expect(readFileSync(join(root, 'npm-runs.txt'), 'utf8').trim().split('\n')).toHaveLength(1)
  })
})

describe('set-up as a dry run', () => {
  it('prints the plan of every machine as JSON and does nothing', async () => {
    const root = project('throw new Error("npm was started")')
    const before = readdirSync(root)
    const { code, stdout, stderr } = await setUp(root, ['--dry-run', '--all', '--json'])
    expect([code, stderr]).toEqual([0, ''])
    const plans: { machine: string; steps: unknown[]; tensorflow: { way: string }[] }[] = JSON.parse(stdout)
    const expected = machines.flatMap(({ platform, arch }) =>
      ['no NVIDIA GPU', ...(platform === 'darwin' ? [] : ['NVIDIA GPU'])].map(
        (gpu) => `${platform} ${arch}, ${gpu}`,
      ),
    )
    expect(plans.map(({ machine }) => machine)).toEqual(expected)
    for (const { steps, tensorflow } of plans) {
      expect([steps.length, tensorflow.at(-1)?.way]).toEqual([6, 'javascript'])
    }
    expect(readdirSync(root)).toEqual(before)
  })

  it('prints the plan of one machine as text', async () => {
    const root = project('')
    const parameters = ['--dry-run', '--platform', 'win32', '--arch', 'x64', '--gpu', '--for', 'command']
    const { code, stdout } = await setUp(root, parameters)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^win32 x64, NVIDIA GPU\n {2}1\. packages: /)
    expect(stdout).not.toContain('electron: ')
  })
})

describe('wrong use of set-up', () => {
  it.each([
    [['--what']],
    [['--for', 'fun']],
    [['--dry-run', '--platform', 'plan9']],
    [['--dry-run', '--arch', 'ia32']],
    [['--dry-run', '--gpu', '--no-gpu']],
    [['--json']],
    [['--no-gpu']],
  ])('%s exits 2 with how to use it, and does nothing', async (parameters) => {
    const root = project('throw new Error("npm was started")')
    const { code, stdout, stderr } = await setUp(root, parameters)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Usage: npm run setup')
    expect(existsSync(join(root, '.cache'))).toBe(false)
  })
})

/** Calls once the file is there. */
function whenThere(file: string, then: () => void): void {
  if (existsSync(file) && readFileSync(file, 'utf8') !== '') then()
  else setImmediate(whenThere, file, then)
}

/** Settles when no process has this number any more. */
function gone(pid: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      try {
        process.kill(pid, 0)
        setImmediate(look)
      } catch {
        resolve()
      }
    }
    look()
  })
}
