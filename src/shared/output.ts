/** Outputs: how the results of the line reach machines and programs of others. */
import { z } from 'zod'
import { acting, call, id, none } from './call.ts'
import { failureInfoSchema } from './failure-schema.ts'
import {
  causeSchema,
  firstPoint,
  lineStateSchema,
  machineVerdictSchema,
  pointNameSchema,
  type ResultDocument,
} from './result.ts'
import { timeSchema } from './values.ts'

const seconds = z.number().min(0.1).max(3600)
const certificate = z.string().max(100_000).startsWith('-----BEGIN ').nullable()

export const webhookSettingsSchema = z.strictObject({
  kind: z.literal('webhook'),
  url: z.url({ protocol: /^https?$/ }).max(2000),
  /** Sent with each request. What is secret in them belongs to the secrets. */
  headers: z.record(z.string().regex(/^[\w-]{1,100}$/), z.string().max(2000)).default({}),
  /** A request without an answer for so many seconds is tried again. */
  timeout: seconds.default(5),
  /** Also sends the state of the line: at each change, and again after so many seconds; null: only results. */
  heartbeat: seconds.nullable().default(null),
  /** The certificates that the receiver's is checked with, as PEM; null: those of the system. */
  certificate: certificate.default(null),
})
export type WebhookSettings = z.infer<typeof webhookSettingsSchema>

export const mqttSettingsSchema = z.strictObject({
  kind: z.literal('mqtt'),
  url: z.url({ protocol: /^mqtts?$/ }).max(2000),
  /** Speaks MQTT 3.1.1, for older brokers, in place of MQTT 5. */
  mqtt311: z.boolean().default(false),
  /** The first part of all topics. */
  topic: z
    .string()
    .regex(/^[^+#\0/][^+#\0]{0,199}$/)
    .default('fanoscope/line'),
  clientId: z.string().min(1).max(100).default('fanoscope'),
  user: z.string().min(1).max(200).nullable().default(null),
  /** What is not confirmed for so many seconds is tried again. */
  timeout: seconds.default(5),
  /** The state of the line is told again after so many seconds. */
  heartbeat: seconds.default(10),
  /** The certificates that the broker's is checked with, as PEM; null: those of the system. */
  certificate: certificate.default(null),
  /** The certificate by which the broker knows this station, as PEM. */
  clientCertificate: certificate.default(null),
})
export type MqttSettings = z.infer<typeof mqttSettingsSchema>

export const modbusSettingsSchema = z.strictObject({
  kind: z.literal('modbus'),
  /** The address of this computer at which a PLC asks. */
  address: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  /** The usual port 502 belongs to the administrator on many systems. */
  port: z.int().min(1).max(65_535).default(1502),
  unit: z.int().min(1).max(255).default(255),
  /** Whether the PLC acknowledges each result before the next one is shown. */
  acknowledge: z.boolean().default(true),
  /** A result that is not acknowledged for so many seconds counts as not delivered, and stays. */
  timeout: seconds.default(30),
  /** Without acknowledgment, each result is shown for so many seconds at least. */
  hold: seconds.default(0.5),
})
export type ModbusSettings = z.infer<typeof modbusSettingsSchema>

/** What of a result can be written into a table. */
export const resultFields = [
  'number',
  'point',
  'part',
  'file',
  'verdict',
  'cause',
  'score',
  'threshold',
  'run',
  'operatingPoint',
  'arrivedAt',
  'judgedAt',
] as const satisfies readonly (keyof ResultDocument)[]
export type ResultField = (typeof resultFields)[number]

/** A name of PostgreSQL, which has at most 63 bytes. */
const sqlName = z.string().regex(/^[^\0]{1,63}$/)

/** The column of each field, called as in the table that the guide proposes. */
export const standardColumns: Readonly<Record<ResultField, string>> = {
  number: 'number',
  point: 'point',
  part: 'part',
  file: 'file',
  verdict: 'verdict',
  cause: 'cause',
  score: 'score',
  threshold: 'threshold',
  run: 'run',
  operatingPoint: 'operating_point',
  arrivedAt: 'arrived_at',
  judgedAt: 'judged_at',
}

export const postgresqlSettingsSchema = z.strictObject({
  kind: z.literal('postgresql'),
  host: z.string().regex(/^[\w.:-]{1,253}$/),
  port: z.int().min(1).max(65_535).default(5432),
  database: sqlName,
  user: sqlName,
  /** Whether the connection is encrypted, and the server's certificate checked. */
  tls: z.boolean().default(true),
  /** The certificates that the server's is checked with, as PEM; null: those of the system. */
  certificate: certificate.default(null),
  schema: sqlName.default('public'),
  table: sqlName,
  /** Fields of a result, each with its column. What is left out is not written; the number must be. */
  columns: z
    .partialRecord(z.enum(resultFields), sqlName)
    .default({ ...standardColumns })
    .refine((columns) => columns.number !== undefined),
  /** What is not confirmed for so many seconds is tried again. */
  timeout: seconds.default(5),
})
export type PostgresqlSettings = z.infer<typeof postgresqlSettingsSchema>

export const opcuaSettingsSchema = z.strictObject({
  kind: z.literal('opcua'),
  /** The address of this computer at which clients ask. */
  address: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  port: z.int().min(1).max(65_535).default(4840),
  /** Who has to sign in, with the password of the secrets; null: a trusted certificate is enough. */
  user: z.string().min(1).max(200).nullable().default(null),
  /** The certificates of the clients that may connect, as PEM, one behind the other; null: nobody may. */
  clients: certificate.default(null),
  /** A result that no client acknowledges for so many seconds counts as not delivered, and stays. */
  timeout: seconds.default(10),
})
export type OpcuaSettings = z.infer<typeof opcuaSettingsSchema>

export const outputSettingsSchema = z.discriminatedUnion('kind', [
  webhookSettingsSchema,
  mqttSettingsSchema,
  modbusSettingsSchema,
  postgresqlSettingsSchema,
  opcuaSettingsSchema,
])
export type OutputSettings = z.infer<typeof outputSettingsSchema>
export type OutputKindName = OutputSettings['kind']
export const outputKinds = outputSettingsSchema.options.map(({ shape }) => shape.kind.value)

/** The secrets that outputs of a kind can have. Nobody can read them again. */
export const secretNames = {
  webhook: ['signature', 'authorization'],
  mqtt: ['password', 'key'],
  modbus: [],
  postgresql: ['password'],
  opcua: ['password'],
} as const satisfies Record<OutputKindName, readonly string[]>
export const secretNameSchema = z.enum(['signature', 'authorization', 'password', 'key'])
export type SecretName = z.infer<typeof secretNameSchema>

/** Secrets to be set; null removes one, and what is left out stays as it is. */
export const secretsSchema = z.partialRecord(secretNameSchema, z.string().min(1).max(100_000).nullable())
export type Secrets = z.infer<typeof secretsSchema>

/** `off`: a person has switched it off. `waiting`: nothing was to be sent yet. */
export const outputConditionSchema = z.enum(['off', 'waiting', 'connected', 'away'])

export const outputSchema = z.object({
  id,
  point: z.string(),
  name: z.string(),
  settings: outputSettingsSchema,
  secrets: z.array(secretNameSchema),
  enabled: z.boolean(),
  condition: outputConditionSchema,
  /** Since when it is away; null where it is not. */
  awaySince: timeSchema.nullable(),
  /** It has been away for so long that somebody has to look. */
  needsPerson: z.boolean(),
  /** Results that wait for it. */
  waiting: z.int().nonnegative(),
  /** Results that were given up because too many waited. */
  givenUp: z.int().nonnegative(),
  /** The newest result that it had; null before the first. */
  newest: z.object({ number: z.int(), at: timeSchema }).nullable(),
  /** The newest first. */
  errors: z.array(z.object({ at: timeSchema, failure: failureInfoSchema })),
})
export type Output = z.infer<typeof outputSchema>

/** The key of the setting for what all outputs have in common, which is kept in the workspace. */
export const outputRulesKey = 'outputs.rules'

export const outputRulesSchema = z.strictObject({
  /** The machines of the plant that results may be sent to: names or addresses. This machine itself always may. */
  hosts: z
    .array(
      z
        .string()
        .regex(/^[\w.:-]{1,253}$/)
        .toLowerCase(),
    )
    .max(100),
  /** A part without a verdict for so many seconds is told as a reject; null for never. */
  verdictWithin: seconds.nullable(),
})
export type OutputRules = z.infer<typeof outputRulesSchema>
export const standardOutputRules: OutputRules = { hosts: [], verdictWithin: 60 }

const name = z.string().trim().min(1).max(100)
const one = z.object({ id, ...acting })

export const outputCalls = {
  'output.list': call(
    none,
    z.object({
      /** Each inspection point: its state, and parts that were told as late since its newest start. */
      points: z.array(z.object({ name: z.string(), state: lineStateSchema, late: z.int().nonnegative() })),
      outputs: z.array(outputSchema),
    }),
  ),
  'output.create': call(
    z.object({
      name,
      /** The inspection point whose results it gets. */
      point: pointNameSchema.default(firstPoint),
      settings: outputSettingsSchema,
      secrets: secretsSchema.default({}),
      ...acting,
    }),
    z.object({ id }),
  ),
  /** What is left out stays as it is. */
  'output.change': call(
    z.object({
      id,
      name: name.optional(),
      settings: outputSettingsSchema.optional(),
      secrets: secretsSchema.default({}),
      enabled: z.boolean().optional(),
      ...acting,
    }),
    none,
  ),
  'output.remove': call(one, none),
  /** Sends a test, to which no part belongs. Rejects where it does not arrive. */
  'output.test': call(one, z.object({ milliseconds: z.number() })),
  /** What machines were told of a part, and which output delivered it when. */
  'output.record': call(
    z.object({ part: id }),
    z.object({
      result: z
        .object({ number: z.int(), verdict: machineVerdictSchema, cause: causeSchema, at: timeSchema })
        .nullable(),
      deliveries: z.array(
        z.object({
          output: z.string(),
          attempts: z.int(),
          deliveredAt: timeSchema.nullable(),
          givenUpAt: timeSchema.nullable(),
        }),
      ),
    }),
  ),
} as const
export type PartRecord = z.output<(typeof outputCalls)['output.record']['output']>

export const outputEvents = {
  /** An output was changed, came or went; or a part was told as late. */
  'output.changed': none,
} as const
