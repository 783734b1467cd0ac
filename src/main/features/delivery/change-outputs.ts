/** Adds, changes, removes and tests outputs, and says what was delivered of a part. */
import type { CallArguments } from '../../../shared/contract.ts'
import type { PartRecord, Secrets } from '../../../shared/output.ts'
import { firstPoint } from '../../../shared/result.ts'
import { forgetSecret, keepSecret } from '../../platform/kept-secrets.ts'
import { recordAudit } from '../../store/audit.ts'
import type { Database } from '../../store/database.ts'
import { deliveriesOf } from '../../store/deliveries.ts'
import {
  changeOutput as changeRow,
  createOutput,
  findOutput,
  removeOutput as removeRow,
  type StoredOutput,
} from '../../store/outputs.ts'
import { resultOfPart } from '../../store/results.ts'
import { openedOutput } from './deliver-results.ts'
import { checkOutput, secretsOf } from './open-output.ts'
import type { Connection } from './output-kind.ts'

/** Milliseconds that a test may take. */
const testWithin = 10_000

/** @throws Failure `output-name-taken`, `inspection-unknown`, and those of `checkOutput` */
export function addOutput(
  db: Database,
  {
    name,
    point = firstPoint,
    settings,
    secrets,
    operator = null,
  }: Omit<CallArguments<'output.create'>, 'point'> & { point?: string },
): number {
  checkOutput(db, settings)
  const output = createOutput(db, { name, point, settings, operator })
  setSecrets(output, secrets)
  return output.id
}

/** @throws Failure those of `addOutput`, `output-unknown` */
export function changeOutput(
  db: Database,
  { id, name, settings, secrets, enabled, operator = null }: CallArguments<'output.change'>,
): void {
  if (settings !== undefined) checkOutput(db, settings)
  changeRow(db, { id, name, settings, enabled, secrets: Object.keys(secrets), operator })
  setSecrets(findOutput(db, id), secrets)
}

/** @throws Failure `output-unknown` */
export function removeOutput(db: Database, id: number, operator: string | null): void {
  const { secret } = removeRow(db, id, operator)
  forgetSecret(secret)
}

function setSecrets(output: StoredOutput, secrets: Secrets): void {
  if (Object.keys(secrets).length === 0) return
  const kept = Object.entries({ ...secretsOf(output), ...secrets }).filter(([, value]) => value !== null)
  if (kept.length === 0) forgetSecret(output.secret)
  else keepSecret(output.secret, JSON.stringify(Object.fromEntries(kept)))
}

/**
 * Sends a test, on the connection that is in use where there is one.
 * @returns how many milliseconds it took
 * @throws Failure why it did not arrive
 */
export async function testOutput(
  db: Database,
  id: number,
  { atWork, operator }: { atWork: Connection | undefined; operator: string | null },
): Promise<number> {
  const output = findOutput(db, id)
  const connection = atWork ?? openedOutput(db, output).connection
  const at = new Date(db.now()).toISOString()
  const began = performance.now()
  let failure: unknown = null
  try {
    const document = { format: 'fanoscope.test/1', point: output.point, at } as const
    await connection.test(document, AbortSignal.timeout(testWithin))
  } catch (error) {
    failure = error
  } finally {
    if (atWork === undefined) await connection.close()
  }
  const milliseconds = performance.now() - began
  const detail = { output: id, name: output.name, arrived: failure === null }
  recordAudit(db, { action: 'output.tested', operator, detail })
  if (failure !== null) throw failure
  return milliseconds
}

export function partRecord(db: Database, part: number): PartRecord {
  const result = resultOfPart(db, part) ?? null
  return { result, deliveries: result === null ? [] : deliveriesOf(db, result.number) }
}
