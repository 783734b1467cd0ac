/** Sends the files of a dropped folder to the browser host, which has no other way to them. */
import type { Bridge } from '../shared/contract.ts'
import type { FailureData } from '../shared/failure.ts'

const lost: FailureData = { code: 'connection-lost', params: { case: 'drop' } }

/** @param base complete address that ends in a slash */
export function sendDroppedTo(base: URL, send: typeof fetch = fetch): Bridge['sendDropped'] {
  return async (drop, path, content) => {
    const address = new URL(`${drop}/${path.split('/').map(encodeURIComponent).join('/')}`, base)
    const headers = { 'content-type': 'application/octet-stream' }
    const body = content instanceof Blob ? content : null
    let answer: Response
    try {
      answer = await send(address, { method: 'POST', headers, body })
    } catch {
      throw lost
    }
    if (answer.ok) return
    const { error } = await answer.json().catch(() => ({ error: lost }))
    throw error
  }
}
