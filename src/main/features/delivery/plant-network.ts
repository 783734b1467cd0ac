/**
 * Outputs are the one exception to working offline. They reach this machine itself and machines of the plant that a
 * person named, never an address of the internet, whatever a name server says.
 */
import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { Failure } from '../../../shared/failure.ts'

const plant = new BlockList()
for (const [address, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
] as const)
  plant.addSubnet(address, prefix, 'ipv4')
for (const [address, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  plant.addSubnet(address, prefix, 'ipv6')

/** Whether an address is of this machine or of a private network. */
export function isOfPlant(address: string): boolean {
  const version = isIP(address)
  // An address of version 4 that is written as one of version 6 is checked as what it is.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return plant.check(mapped, 'ipv4')
  return version !== 0 && plant.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

/** Whoever reaches all of a machine's addresses may be outside of the plant. @throws Failure `output-address-public` */
export function requireOfPlant(address: string): void {
  if (isIP(address) === 0 || !isOfPlant(address))
    throw new Failure('output-address-public', { host: address, address })
}

const own = new Set(['localhost', '127.0.0.1', '::1'])

/** A host as it stands in an address, without the brackets of version 6. */
export const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '').toLowerCase()

/** @throws Failure `output-host-not-named`, `output-address-public` */
export function requireNamed(host: string, hosts: readonly string[]): void {
  if (!own.has(host) && !hosts.includes(host)) throw new Failure('output-host-not-named', { host })
  if (isIP(host) !== 0 && !isOfPlant(host))
    throw new Failure('output-address-public', { host, address: host })
}

/** Looks a name up as Node does, and refuses it where any of its addresses is outside of the plant. */
export const plantLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, [])
      return
    }
    const outside = addresses.find(({ address }) => !isOfPlant(address))
    if (outside !== undefined) {
      callback(new Failure('output-address-public', { host, address: outside.address }), [])
      return
    }
    const [first] = addresses
    if (options.all === true || first === undefined) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}
