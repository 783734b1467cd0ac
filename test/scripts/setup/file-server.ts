/** A server of one file on this machine, which breaks off or misbehaves as a test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'

export interface FileServer {
  url: string
  /** The `range` header of each request, in order; null where there was none. */
  ranges: (string | null)[]
}

export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<FileServer> {
  const ranges: FileServer['ranges'] = []
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? null)
    answer(request, response, ranges.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `http://127.0.0.1:${port}/file.whl`, ranges }
}

/** Sends the bytes that are asked for, as a server that knows ranges does; `most` bytes, all of which arrive, and then it breaks. */
export function sendRange(
  request: IncomingMessage,
  response: ServerResponse,
  file: Buffer,
  most = Infinity,
): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  if (from >= file.length) {
    response.writeHead(416).end()
    return
  }
  const rest = file.subarray(from)
  response.writeHead(from === 0 ? 200 : 206, { 'content-length': rest.length })
  if (rest.length <= most) response.end(rest)
  else response.write(rest.subarray(0, most), () => response.socket?.end())
}
