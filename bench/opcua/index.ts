/**
 * The OPC UA output beside a client of another implementation, Python's `asyncua`, which is fetched at the first use:
 *
 *     node bench/opcua/index.ts [--results 200]
 *
 * It tries a wrong password and no user, reads the state of the line from the state machine of the specification, hears
 * every result as an event, and reads the newest one. Prints one JSON document.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openStationServer } from '../../src/main/features/delivery/opcua/station-server.ts'
import { applicationRoot } from '../../src/main/platform/application-root.ts'
import { Failure } from '../../src/shared/failure.ts'
import { opcuaSettingsSchema } from '../../src/shared/output.ts'
import type { ResultDocument } from '../../src/shared/result.ts'
import { median } from '../measure.ts'

const { values } = parseArgs({ options: { results: { type: 'string', default: '200' } } })
const count = Number(values.results)
const [port, user, password] = [48_401, 'cell', 'pass 471108']
const asyncua = 'asyncua==2.1.0'

function python(): string {
  const folder = join(applicationRoot(), 'node_modules', '.cache', 'fanoscope', 'asyncua')
  const program = join(folder, 'bin', 'python')
  if (!existsSync(program)) {
    execFileSync('python3', ['-m', 'venv', folder])
    execFileSync(program, ['-m', 'pip', 'install', '--quiet', asyncua], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  return program
}

/** A certificate of the client, in the forms that both sides take. */
function certificateIn(folder: string): { pem: string; der: string; key: string } {
  const [pem, der, key] = ['guest.pem', 'guest.der', 'key.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const names = ['subjectAltName=URI:urn:guest,DNS:localhost', 'extendedKeyUsage=clientAuth']
  const uses = 'keyUsage=digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment'
  const extensions = [...names, uses].flatMap((text) => ['-addext', text])
  const given = ['-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=guest', ...extensions]
  execFileSync('openssl', ['req', '-x509', ...given, '-keyout', key, '-out', pem], { stdio: 'ignore' })
  execFileSync('openssl', ['x509', '-in', pem, '-outform', 'der', '-out', der], { stdio: 'ignore' })
  return { pem, der, key }
}

const resultOf = (number: number): ResultDocument => ({
  format: 'fanoscope.result/1',
  number,
  point: 'line',
  part: number,
  file: `${number}.png`,
  verdict: number % 10 === 0 ? 'reject' : 'good',
  cause: number % 10 === 0 ? 'flagged' : 'passed',
  score: number / count,
  threshold: 0.5,
  run: 'bench',
  operatingPoint: null,
  arrivedAt: new Date().toISOString(),
  judgedAt: new Date().toISOString(),
})

const root = mkdtempSync(join(tmpdir(), 'fanoscope-opcua-'))
try {
  const { pem, der, key } = certificateIn(root)
  const settings = opcuaSettingsSchema.parse({
    kind: 'opcua',
    port,
    user,
    clients: readFileSync(pem, 'utf8'),
  })
  const station = await openStationServer({ settings, password, point: 'line', folder: join(root, 'own') })
  station.tell('ready')
  const url = `opc.tcp://127.0.0.1:${port}`
  const client = spawn(
    python(),
    [join(import.meta.dirname, 'client.py'), url, der, key, user, password, String(count)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const said: Record<string, unknown>[] = []
  const listening = (async () => {
    for await (const line of createInterface({ input: client.stdout })) said.push(JSON.parse(line))
  })()
  const milliseconds: number[] = []
  for (let number = 1; number <= count; ) {
    const began = performance.now()
    try {
      await station.deliver(resultOf(number), AbortSignal.timeout(60_000))
      milliseconds.push(performance.now() - began)
      number += 1
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'output-unheard' || client.exitCode !== null)
        throw error
      await pause(100)
    }
  }
  await listening
  await station.close()
  const numbers = said.flatMap(({ number }) => (typeof number === 'number' ? [number] : []))
  process.stdout.write(
    `${JSON.stringify(
      {
        client: asyncua,
        refused: said.filter((line) => 'refused' in line),
        state: said.find((line) => 'state' in line)?.state,
        delivered: milliseconds.length,
        heard: numbers.length,
        inOrder:
          new Set(numbers).size === count &&
          numbers.every((value, i) => i === 0 || value >= (numbers[i - 1] ?? 0)),
        newest: said.find((line) => 'newest' in line)?.newest,
        acknowledgedWithinMs: {
          median: Math.round(median(milliseconds)),
          most: Math.round(Math.max(...milliseconds)),
        },
      },
      null,
      2,
    )}\n`,
  )
} finally {
  rmSync(root, { recursive: true, force: true })
}
process.exit(0)
