/** Every kind of output: a further one is a file and a line here. */
import { z } from 'zod'
import type { OutputSettings } from '../../../shared/output.ts'
import {
  outputRulesKey,
  outputRulesSchema,
  secretNameSchema,
  standardOutputRules,
} from '../../../shared/output.ts'
import { keptSecret } from '../../platform/kept-secrets.ts'
import type { Database } from '../../store/database.ts'
import type { StoredOutput } from '../../store/outputs.ts'
import { readSetting } from '../../store/settings.ts'
import { modbus } from './modbus.ts'
import { mqtt } from './mqtt.ts'
import { opcua } from './opcua/opcua.ts'
import type { Connection, KnownSecrets, OutputKind, Surroundings } from './output-kind.ts'
import { postgresql } from './postgresql.ts'
import { webhook } from './webhook.ts'

const secretsSchema = z.partialRecord(secretNameSchema, z.string())

export const outputRulesOf = (db: Database) =>
  readSetting(db, outputRulesKey, outputRulesSchema, standardOutputRules)

/** The secrets of an output, which the account keeps. Null where it has some that this process cannot read. */
export function secretsOf({ secret }: Pick<StoredOutput, 'secret'>): KnownSecrets {
  const text = keptSecret(secret)
  return text === null ? {} : (secretsSchema.safeParse(JSON.parse(text)).data ?? {})
}

/** Does something with the kind of output that the settings are of. */
function ofKind<T>(
  settings: OutputSettings,
  act: <S extends OutputSettings>(kind: OutputKind<S>, own: S) => T,
): T {
  switch (settings.kind) {
    case 'webhook':
      return act(webhook, settings)
    case 'mqtt':
      return act(mqtt, settings)
    case 'modbus':
      return act(modbus, settings)
    case 'postgresql':
      return act(postgresql, settings)
    case 'opcua':
      return act(opcua, settings)
  }
}

/** A person is told at once of what would be refused later. @throws Failure */
export const checkOutput = (db: Database, settings: OutputSettings): void =>
  ofKind(settings, (kind, own) => kind.check(own, outputRulesOf(db).hosts))

export interface OpenedOutput {
  connection: Connection
  /** Milliseconds between two heartbeats; null where states are not told. */
  heartbeat: number | null
}

export const openOutput = (
  settings: OutputSettings,
  secrets: KnownSecrets,
  surroundings: Surroundings,
): OpenedOutput =>
  ofKind(settings, (kind, own) => ({
    connection: kind.open(own, secrets, surroundings),
    heartbeat: kind.heartbeat(own),
  }))
