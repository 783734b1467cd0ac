/**
 * Files over HTTP without any program beside Node. What has arrived is kept in `<file>.part`, and the next
 * try asks for the rest only.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { isWhole } from './checksum.mjs'
import { SetupProblem } from './problem.mjs'

/**
 * @typedef {object} Limits
 * @property {number} connect ms until the first answer
 * @property {number} stall ms without a byte
 * @property {number} tries how often in a row without a byte more
 * @property {number} pause ms between them
 */

/** @type {Limits} */
export const usualLimits = { connect: 8_000, stall: 30_000, tries: 3, pause: 1_000 }

/** @param {string} what @param {unknown} [cause] */
function unreachable(what, cause) {
  return new SetupProblem('unreachable', what, 'Check the network, then start again.', { cause })
}

/**
 * The answer to a request, redirects followed.
 * @param {string} address
 * @param {{ method?: string, headers?: Record<string, string>, limits?: Limits }} [options]
 * @returns {Promise<import('node:http').IncomingMessage>} status 200 or 206 or 416
 */
export async function request(address, { method = 'GET', headers = {}, limits = usualLimits } = {}) {
  let url = new URL(address)
  for (let hop = 0; hop < 6; hop++) {
    const response = await requestOnce(url, method, headers, limits)
    const status = response.statusCode ?? 0
    const location = response.headers.location
    if (status >= 300 && status < 400 && location !== undefined) {
      response.resume()
      url = new URL(location, url)
      continue
    }
    if (status === 200 || status === 206 || status === 416) return response
    response.resume()
    throw unreachable(`${url.host} answered ${status} for ${url.pathname}.`)
  }
  throw unreachable(`${url.host} redirects without end.`)
}

/**
 * @param {URL} url
 * @param {string} method
 * @param {Record<string, string>} headers
 * @param {Limits} limits
 * @returns {Promise<import('node:http').IncomingMessage>}
 */
function requestOnce(url, method, headers, limits) {
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'http:' ? http : https
    const sent = client.request(url, { method, headers, agent: false }, (response) => {
      clearTimeout(timer)
      sent.setTimeout(limits.stall, () => {
        response.destroy(unreachable(`${url.host} sent nothing for ${limits.stall / 1000} s.`))
      })
      resolve(response)
    })
    const timer = setTimeout(() => {
      sent.destroy(unreachable(`${url.host} did not answer within ${limits.connect / 1000} s.`))
    }, limits.connect)
    sent.on('error', (error) => {
      clearTimeout(timer)
      reject(
        error instanceof SetupProblem
          ? error
          : unreachable(`${url.host} cannot be reached (${error.message}).`, error),
      )
    })
    sent.end()
  })
}

/**
 * @param {string} address
 * @param {{ headers?: Record<string, string>, limits?: Limits, largest?: number }} [options] largest: in bytes
 * @returns {Promise<string>}
 */
export async function readAddress(address, { headers = {}, limits = usualLimits, largest = 64e6 } = {}) {
  const response = await request(address, { headers, limits })
  const chunks = []
  let size = 0
  for await (const chunk of response) {
    size += chunk.length
    if (size > largest) throw unreachable(`${address} is larger than expected.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Fetches a file whose size and SHA-256 are known. A whole file that is there already is kept.
 * @param {string} address
 * @param {string} file
 * @param {{
 *   bytes: number,
 *   sha256: string,
 *   onBytes?: (done: number) => void,
 *   limits?: Limits,
 * }} options
 */
export async function downloadFile(
  address,
  file,
  { bytes, sha256, onBytes = () => {}, limits = usualLimits },
) {
  if (await isWhole(file, { bytes, sha256 })) return
  mkdirSync(dirname(file), { recursive: true })
  const part = `${file}.part`
  for (let tries = 1; ; tries++) {
    const before = sizeOf(part)
    try {
      await continueDownload(address, part, bytes, onBytes, limits)
      break
    } catch (error) {
      if (sizeOf(part) > before) tries = 0
      if (tries >= limits.tries || (error instanceof SetupProblem && error.code === 'disk-full')) throw error
      await delay(limits.pause)
    }
  }
  if (!(await isWhole(part, { bytes, sha256 }))) {
    rmSync(part, { force: true })
    throw unreachable(`What ${new URL(address).host} sent is not the expected file.`)
  }
  renameSync(part, file)
}

/** @param {string} file */
function sizeOf(file) {
  return existsSync(file) ? statSync(file).size : 0
}

/**
 * @param {string} address
 * @param {string} part
 * @param {number} bytes
 * @param {(done: number) => void} onBytes
 * @param {Limits} limits
 */
async function continueDownload(address, part, bytes, onBytes, limits) {
  let have = sizeOf(part)
  if (have > bytes) {
    rmSync(part)
    have = 0
  }
  if (have === bytes) return
  const response = await request(address, {
    headers: have === 0 ? {} : { range: `bytes=${have}-` },
    limits,
  })
  if (response.statusCode === 416) {
    response.resume()
    rmSync(part, { force: true })
    throw unreachable(`${new URL(address).host} has a shorter file than expected.`)
  }
  // A server that does not know ranges sends the whole file again.
  if (response.statusCode === 200) have = 0
  // Written as it comes, so that nothing of what came is lost with the connection, or still on its way to the
  // disk when the next try looks how much there is.
  const sink = openSync(part, have === 0 ? 'w' : 'a')
  let done = have
  response.on('data', (chunk) => {
    try {
      appendFileSync(sink, chunk)
      done += chunk.length
      onBytes(done)
    } catch (error) {
      response.destroy(error instanceof Error ? error : undefined)
    }
  })
  try {
    await finished(response)
  } catch (error) {
    if (error instanceof SetupProblem) throw error
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw diskFull(part, error)
    throw unreachable(`the connection to ${new URL(address).host} broke.`, error)
  } finally {
    closeSync(sink)
  }
}

/** @param {string} file @param {unknown} cause */
function diskFull(file, cause) {
  return new SetupProblem(
    'disk-full',
    `the disk is full: ${file} cannot be written.`,
    'Free some disk space, then start again: what has arrived is kept.',
    { cause },
  )
}
