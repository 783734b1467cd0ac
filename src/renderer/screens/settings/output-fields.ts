/** What the form of an output asks for, by its kind. */
import { type OutputKindName, type OutputSettings, standardColumns } from '../../../shared/output.ts'

/** `optional`: text that may be left out. `lines`: name and value, one to a line. `seconds-or-off`: can be switched off. `long`: text of several lines. */
export type FieldKind = 'text' | 'optional' | 'long' | 'lines' | 'number' | 'seconds-or-off' | 'switch'

export interface OutputField {
  key: string
  kind: FieldKind
}

export const outputFields: Readonly<Record<OutputKindName, readonly OutputField[]>> = {
  webhook: [
    { key: 'url', kind: 'text' },
    { key: 'headers', kind: 'lines' },
    { key: 'timeout', kind: 'number' },
    { key: 'heartbeat', kind: 'seconds-or-off' },
    { key: 'certificate', kind: 'long' },
  ],
  mqtt: [
    { key: 'url', kind: 'text' },
    { key: 'topic', kind: 'text' },
    { key: 'clientId', kind: 'text' },
    { key: 'user', kind: 'optional' },
    { key: 'timeout', kind: 'number' },
    { key: 'heartbeat', kind: 'number' },
    { key: 'mqtt311', kind: 'switch' },
    { key: 'certificate', kind: 'long' },
    { key: 'clientCertificate', kind: 'long' },
  ],
  modbus: [
    { key: 'address', kind: 'text' },
    { key: 'port', kind: 'number' },
    { key: 'unit', kind: 'number' },
    { key: 'acknowledge', kind: 'switch' },
    { key: 'timeout', kind: 'number' },
    { key: 'hold', kind: 'number' },
  ],
  postgresql: [
    { key: 'host', kind: 'text' },
    { key: 'port', kind: 'number' },
    { key: 'database', kind: 'text' },
    { key: 'user', kind: 'text' },
    { key: 'schema', kind: 'text' },
    { key: 'table', kind: 'text' },
    { key: 'columns', kind: 'lines' },
    { key: 'tls', kind: 'switch' },
    { key: 'certificate', kind: 'long' },
    { key: 'timeout', kind: 'number' },
  ],
  opcua: [
    { key: 'address', kind: 'text' },
    { key: 'port', kind: 'number' },
    { key: 'user', kind: 'optional' },
    { key: 'clients', kind: 'long' },
    { key: 'timeout', kind: 'number' },
  ],
}

/** What a new output of a kind begins with. */
export const firstSettings: Readonly<Record<OutputKindName, OutputSettings>> = {
  webhook: {
    kind: 'webhook',
    url: 'http://127.0.0.1:8080/',
    headers: {},
    timeout: 5,
    heartbeat: 10,
    certificate: null,
  },
  mqtt: {
    kind: 'mqtt',
    url: 'mqtt://127.0.0.1:1883',
    mqtt311: false,
    topic: 'fanoscope/line',
    clientId: 'fanoscope',
    user: null,
    timeout: 5,
    heartbeat: 10,
    certificate: null,
    clientCertificate: null,
  },
  modbus: {
    kind: 'modbus',
    address: '127.0.0.1',
    port: 1502,
    unit: 255,
    acknowledge: true,
    timeout: 30,
    hold: 0.5,
  },
  postgresql: {
    kind: 'postgresql',
    host: '127.0.0.1',
    port: 5432,
    database: 'plant',
    user: 'fanoscope',
    tls: true,
    certificate: null,
    schema: 'public',
    table: 'results',
    columns: { ...standardColumns },
    timeout: 5,
  },
  opcua: {
    kind: 'opcua',
    address: '127.0.0.1',
    port: 4840,
    user: null,
    clients: null,
    timeout: 10,
  },
}

export const linesOf = (pairs: Readonly<Record<string, string>>): string =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')

export const pairsOf = (lines: string): Record<string, string> =>
  Object.fromEntries(
    lines
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const [name = '', ...value] = line.split(':')
        return [name.trim(), value.join(':').trim()]
      }),
  )
