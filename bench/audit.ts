/**
 * How long the check of an audit takes: `node bench/audit.ts [images]`. Its rows are signed, and tell of labels, scores
 * and decisions, half of them made one by one and half of them at once.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useAuditKey } from '../src/main/platform/audit-key.ts'
import { checkAudit } from '../src/main/store/audit-check.ts'
import { acceptUndecided, decide } from '../src/main/store/decisions.ts'
import { setLabel } from '../src/main/store/images.ts'
import { findOrMakeOperator } from '../src/main/store/operators.ts'
import { openWorkspace } from '../src/main/store/workspace.ts'
import { storeScoredValidation } from './scored-validation.ts'

const images = Number(process.argv[2] ?? 10_000)
const folder = mkdtempSync(join(tmpdir(), 'fanoscope-bench-'))
useAuditKey(folder)
const workspace = openWorkspace(join(folder, 'line'), { create: true })
const { db } = workspace

async function timed<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  const result = await work()
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (performance.now() - began) / 1000
  process.stdout.write(
    `${what}: ${seconds.toFixed(2)} s (${((user + system) / 1e6).toFixed(2)} s of processors)\n`,
  )
  return result
}

try {
  const run = await timed(`storing ${images} scored images`, () => storeScoredValidation(db, images))
  const { id: operatorId } = findOrMakeOperator(db, 'Li Na')
  await timed('labels and decisions, one by one', () =>
    db.transaction(() => {
      for (let imageId = 1; imageId <= images / 2; imageId++) {
        setLabel(db, imageId, 'anomalous', 'dent', 'Li Na')
        decide(db, { runId: run, imageId, operatorId, decision: 'reject' })
      }
    }),
  )
  await timed('accepting the others', () => acceptUndecided(db, { runId: run, operatorId }))
  const { rows, breaks, replay } = await timed('checking the audit', () => checkAudit(db))
  const resident = process.memoryUsage().rss / 2 ** 20
  process.stdout.write(
    `${rows} rows; ${breaks.length} breaks; ${replay.told} rows told, ${replay.differing} differ; ${resident.toFixed(0)} MiB\n`,
  )
} finally {
  workspace.close()
  rmSync(folder, { recursive: true, force: true })
}
