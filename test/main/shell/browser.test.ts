import { existsSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { type BrowserHost, startBrowserHost } from '../../../src/main/shell/browser.ts'
import { contentSecurityPolicy, securityHeaders } from '../../../src/main/shell/policy.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'
import { closing, firstVisit, request, socketStatus, socketTo, visit } from './browser-visitor.ts'
import { type BuiltRenderer, buildRenderer } from './built-renderer.ts'
import { eventExamples } from './contract-examples.ts'
import { type RecordedApplication, recordedApplication } from './recorded-application.ts'

let built: BuiltRenderer
beforeAll(() => {
  built = buildRenderer()
})
afterAll(() => rmSync(built.folder, { recursive: true }))

async function start(): Promise<{ host: BrowserHost; application: RecordedApplication }> {
  const application = recordedApplication()
  const host = await startBrowserHost({ ...built, application })
  onTestFinished(() => host.close())
  return { host, application }
}

describe('the address of the browser host', () => {
  it('is on this machine alone, with a free port and a ticket', async () => {
    const { host } = await start()
    expect(host.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/)
    expect(host.window).toBeNull()
  })

  it('leads to the app with the bridge before it, in the browser that opens it first', async () => {
    const { host } = await start()
    const page = await request(host.url)
    expect(page.status).toBe(200)
    expect(page.body.toString()).toMatch(/<head[^>]*><script src="\.\/bridge\.js">/)
    const [cookie = ''] = page.headers['set-cookie'] ?? []
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/)
    const again = await request(`${host.url}bridge.js`, { cookie: cookie.split(';')[0] ?? '' })
    expect([again.status, again.headers['set-cookie']]).toEqual([200, undefined])
  })

  it('opens nothing for a second browser, nor its socket', async () => {
    const { host } = await start()
    await firstVisit(host.url)
    expect((await request(host.url)).status).toBe(403)
    expect((await request(host.url, { cookie: 'fanoscope=guess' })).status).toBe(403)
    expect(await socketStatus(socketTo(host.url, ''))).toBe(403)
  })

  it('opens nothing with another browser’s cookie', async () => {
    const { host } = await start()
    await firstVisit(host.url)
    const cookie = await firstVisit(host.newUrl())
    expect((await request(host.url, { cookie })).status).toBe(403)
    expect(await socketStatus(socketTo(host.url, cookie))).toBe(403)
  })

  it('gives a new one to nobody who does not know the secret of the workspace', async () => {
    const { host } = await start()
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(new URL('/address', host.url), { method: 'POST', headers })).status
    expect(await ask({})).toBe(403)
    expect(await ask({ authorization: 'Bearer guess' })).toBe(403)
  })

  it('gives a new one by the file of the workspace that is open, to no page of a browser', async () => {
    const folder = temporaryFolder()
    const application = recordedApplication()
    const host = await startBrowserHost({ ...built, application, workspace: folder })
    onTestFinished(() => host.close())
    const desk = z
      .object({ origin: z.url(), secret: z.string() })
      .parse(JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8')))
    const authorization = `Bearer ${desk.secret}`
    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetch(new URL('/address', desk.origin), { method: 'POST', headers })
    expect((await ask({ authorization, origin: desk.origin })).status).toBe(403)
    const { url } = z.object({ url: z.url() }).parse(await (await ask({ authorization })).json())
    expect((await request(url)).status).toBe(200)
    application.events.emit('workspace.changed', { workspace: null })
    expect(existsSync(join(folder, 'server.json'))).toBe(false)
  })

  it('lets another browser in by another address', async () => {
    const { host } = await start()
    const visitors = [await visit(host.url), await visit(host.newUrl())]
    for (const { bridge } of visitors) {
      expect(await bridge.call('operator.list', {})).toHaveLength(1)
    }
  })

  it('cannot be guessed: a wrong ticket gets the same refusal as none, which says what to do', async () => {
    const { host } = await start()
    const { origin } = new URL(host.url)
    for (const path of ['/', '/index.html', `/${'A'.repeat(32)}/`, '/asset/original/1', '//', '/%00/']) {
      const { status, body, headers } = await request(`${origin}${path}`)
      expect(status, path).toBe(403)
      expect(body.toString()).toContain('press Enter')
      expect(headers['content-security-policy']).toBe(contentSecurityPolicy)
    }
  })

  it('is not used up by a request that is not a window opening it', async () => {
    const { host } = await start()
    for (const path of ['bridge.js', 'asset/original/1', 'index.html']) {
      expect((await request(`${host.url}${path}`)).status).toBe(403)
    }
    expect(await socketStatus(socketTo(host.url, ''))).toBe(403)
    expect((await request(host.url)).status).toBe(200)
  })

  it.each(['HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'TRACE'])(
    'is not used up by a program that asks with %s',
    async (method) => {
      const { host } = await start()
      const { origin } = new URL(host.url)
      for (const headers of [{}, { origin }]) {
        const answer = await request(host.url, headers, method)
        expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined])
      }
      expect((await request(host.url)).status).toBe(200)
    },
  )
})

describe('what comes from elsewhere', () => {
  it.each(['evil.example', 'localhost', '127.0.0.1', '127.0.0.1:1', '[::1]'])(
    'is refused where the host’s name is %s, whatever the ticket',
    async (name) => {
      const { host } = await start()
      expect((await request(host.url, { host: name })).status).toBe(403)
      const cookie = await firstVisit(host.url)
      expect((await request(host.url, { host: name, cookie })).status).toBe(403)
    },
  )

  it.each(['https://evil.example', 'http://127.0.0.1:1', 'http://localhost', 'null', ''])(
    'is refused where the page’s origin is “%s”, page and socket alike',
    async (origin) => {
      const { host } = await start()
      const cookie = await firstVisit(host.url)
      expect((await request(host.url, { origin, cookie })).status).toBe(403)
      expect(await socketStatus(socketTo(host.url, cookie, origin))).toBe(403)
    },
  )

  it('is refused where a socket does not say its origin', async () => {
    const { host } = await start()
    const cookie = await firstVisit(host.url)
    const { status } = await request(`${host.url}socket`, {
      cookie,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    })
    expect(status).toBe(403)
  })

  it('is let in from the host’s own page', async () => {
    const { host } = await start()
    const cookie = await firstVisit(host.url)
    const { origin } = new URL(host.url)
    expect((await request(host.url, { origin, cookie })).status).toBe(200)
    expect(await socketStatus(socketTo(host.url, cookie))).toBe(101)
  })
})

describe('a dropped folder', () => {
  it('comes file by file, in its own window alone', async () => {
    const { host, application } = await start()
    const { bridge, cookie } = await visit(host.url)
    await bridge.sendDropped('p-1', 'good #1/50 %.png', new File(['abc'], '50 %.png'))
    expect(application.dropped).toEqual([{ id: 'p-1', path: 'good #1/50 %.png', bytes: 3 }])
    const { origin } = new URL(host.url)
    const put = async (headers: Record<string, string>) =>
      (
        await fetch(`${host.url}drop/p-1/a.png`, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream', ...headers },
          body: 'x',
        })
      ).status
    expect(await put({ origin })).toBe(403)
    expect(await put({ cookie })).toBe(403)
    expect(await put({ cookie, origin: 'https://evil.example' })).toBe(403)
    expect(application.dropped).toHaveLength(1)
  })

  it.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'nonsense'])(
    'takes no %s for a file',
    async (type) => {
      const { host, application } = await start()
      const cookie = await firstVisit(host.url)
      const headers = { cookie, origin: new URL(host.url).origin, 'content-type': type }
      const body = JSON.stringify({ a: 1 })
      const answer = await fetch(`${host.url}drop/p-1/a.png`, { method: 'POST', headers, body })
      expect([answer.status, await answer.json()]).toEqual([
        415,
        { error: { code: 'bad-request', params: {} } },
      ])
      expect(application.dropped).toEqual([])
    },
  )

  it('may have an empty file', async () => {
    const { host, application } = await start()
    const { bridge, cookie } = await visit(host.url)
    await bridge.sendDropped('p-1', 'a.png', new File([], 'a.png'))
    const headers = { cookie, origin: new URL(host.url).origin }
    await fetch(`${host.url}drop/p-1/b.png`, { method: 'POST', headers })
    expect(application.dropped.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['a.png', 0],
      ['b.png', 0],
    ])
  })

  it('is refused with the reason', async () => {
    const { host } = await start()
    const { bridge } = await visit(host.url)
    const file = new File(['abc'], 'a.png')
    await expect(bridge.sendDropped('p-2', 'a.png', file)).rejects.toMatchObject({ code: 'drop-unknown' })
  })
})

describe('the browser host’s answers', () => {
  it('all carry the policy: nothing inline, no sniffing, no frame, no referrer', async () => {
    const { host } = await start()
    const cookie = await firstVisit(host.url)
    for (const path of ['', 'bridge.js', 'assets/index-abc.js', 'asset/original/1', 'nowhere', 'a/../../b']) {
      const { headers } = await request(`${host.url}${path}`, { cookie })
      expect(headers, path).toMatchObject({
        'content-security-policy': contentSecurityPolicy,
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      })
    }
  })

  it.each([
    ['an address that cannot be read', 'GET', '%zz', 400, 'bad-request'],
    ['an address that is cut off', 'GET', '%', 400, 'bad-request'],
    ['another method', 'DELETE', 'index.html', 404, 'not-found'],
    ['a call of another server', 'OPTIONS', '', 404, 'not-found'],
    ['a socket that is none', 'POST', 'socket', 404, 'not-found'],
    [
      'a folder with a name beyond all lengths',
      'POST',
      `drop/${'p'.repeat(5000)}/a`,
      414,
      'request-too-large',
    ],
    ['headers beyond all lengths', 'GET', 'a'.repeat(20_000), 431, 'request-too-large'],
  ])(
    'to %s have the form of all others, and do not repeat the ticket',
    async (_what, method, path, status, code) => {
      const { host } = await start()
      const cookie = await firstVisit(host.url)
      const { origin, pathname } = new URL(host.url)
      const answer = await request(`${host.url}${path}`, { cookie, origin }, method)
      expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([
        status,
        { error: { code, params: {} } },
      ])
      expect(answer.headers).toMatchObject(securityHeaders)
      expect(answer.body.toString()).not.toContain(pathname.slice(1, -1))
    },
  )

  it('to bytes that are no request have the same form', async () => {
    const { host } = await start()
    const { hostname, port } = new URL(host.url)
    const socket = connect(Number(port), hostname)
    socket.end(`GET /\0 HTTP/1.1\r\n\r\n`)
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
    expect(head).toContain(`content-security-policy: ${contentSecurityPolicy}`)
    expect(JSON.parse(body)).toEqual({ error: { code: 'bad-request', params: {} } })
  })

  it('to an address that cannot be read tell a stranger no more than any other', async () => {
    const { host } = await start()
    for (const path of ['%zz', 'index.html']) {
      const { status, body } = await request(`${host.url}${path}`)
      expect([status, body.toString()]).toEqual([403, expect.stringContaining('Get a new one')])
    }
  })

  it('are nothing but what was built', async () => {
    const { host } = await start()
    const cookie = await firstVisit(host.url)
    for (const path of [
      '../secret.txt',
      '%2e%2e/secret.txt',
      '..%2fsecret.txt',
      'assets/..%5c..%5csecret.txt',
    ]) {
      const { status, body } = await request(`${host.url}${path}`, { cookie })
      expect([403, 404], path).toContain(status)
      expect(body.toString()).not.toBe('secret')
    }
  })
})

describe('the socket', () => {
  it.each([
    ['is not JSON', '{'],
    ['is no object', '"app.info"'],
    ['has no number', '{"name":"app.info","input":{}}'],
    ['has a number that is none', '{"id":"1","name":"app.info","input":{}}'],
  ])('is closed where a message %s, and nothing is called', async (_what, text) => {
    const { host, application } = await start()
    const socket = socketTo(host.url, await firstVisit(host.url))
    socket.on('open', () => socket.send(text))
    expect(await closing(socket)).toEqual({ code: 1008, reason: 'Not a call.' })
    expect(application.asked).toEqual([])
  })

  it('is closed where a message is larger than any call, before it is read', async () => {
    const { host, application } = await start()
    const socket = socketTo(host.url, await firstVisit(host.url))
    const large = JSON.stringify({ id: 1, name: 'setting.set', input: { key: 'a', value: 'x'.repeat(17e6) } })
    socket.on('open', () => socket.send(large))
    expect((await closing(socket)).code).toBe(1009)
    expect(application.asked).toEqual([])
  })

  it('of one window may break without the other’s', async () => {
    const { host, application } = await start()
    const first = await visit(host.url)
    const second = await visit(host.newUrl())
    await first.bridge.call('app.info', {})
    await second.bridge.call('app.info', {})
    first.leave()
    const heard = new Promise((resolve) => second.bridge.on('run.changed', resolve))
    application.events.emit('run.changed', eventExamples['run.changed'])
    expect(await heard).toEqual(eventExamples['run.changed'])
  })

  it('tells every window every event', async () => {
    const { host, application } = await start()
    const visitors = [await visit(host.url), await visit(host.newUrl())]
    const heard = visitors.map(({ bridge }) => new Promise((resolve) => bridge.on('review.decided', resolve)))
    await Promise.all(visitors.map(({ bridge }) => bridge.call('app.info', {})))
    application.events.emit('review.decided', eventExamples['review.decided'])
    expect(await Promise.all(heard)).toEqual([
      eventExamples['review.decided'],
      eventExamples['review.decided'],
    ])
  })
})

describe('the browser host itself', () => {
  it('says so where its port is taken, and leaves nothing open', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void taken.close())
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const starting = startBrowserHost({ ...built, application: recordedApplication(), port })
    await expect(starting).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(String(port)),
      remedy: expect.stringContaining('another port'),
    })
  })

  it('needs the windows to be built', async () => {
    const rendererFolder = `${built.folder}/nowhere`
    const starting = startBrowserHost({ rendererFolder, application: recordedApplication() })
    await expect(starting).rejects.toMatchObject({ code: 'renderer-missing' })
  })

  it('ends its windows’ sockets and its port when it is closed', async () => {
    const host = await startBrowserHost({ ...built, application: recordedApplication() })
    const socket = socketTo(host.url, await firstVisit(host.url))
    await new Promise((resolve) => socket.once('open', resolve))
    const closed = closing(socket)
    await host.close()
    expect((await closed).code).toBe(1001)
    await expect(request(host.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})
