import { describe, expect, it } from 'vitest'
import { sendDroppedTo } from '../../src/preload/send-dropped.ts'

const base = new URL('http://127.0.0.1:1/ticket/drop/')
const file = new File(['abc'], 'a.png')

describe('a file of a dropped folder', () => {
  it('goes to an address that no character of its name can change', async () => {
    const asked: string[] = []
    const send = sendDroppedTo(base, async (address) => {
      asked.push(String(address))
      return new Response(null, { status: 204 })
    })
    await send('p-1', 'good #1/50 % ?.png', file)
    expect(asked).toEqual(['http://127.0.0.1:1/ticket/drop/p-1/good%20%231/50%20%25%20%3F.png'])
  })

  it('fails with what the host says, or that the host is gone', async () => {
    const error = { code: 'disk-full', params: { case: 'drop', megabytes: 7 } }
    const refused = sendDroppedTo(base, async () => Response.json({ error }, { status: 409 }))
    await expect(refused('p-1', 'a.png', file)).rejects.toEqual(error)
    const gone = sendDroppedTo(base, () => Promise.reject(new TypeError('fetch failed')))
    await expect(gone('p-1', 'a.png', file)).rejects.toMatchObject({ code: 'connection-lost' })
  })
})
