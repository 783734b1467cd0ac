/** A small renderer as a build would leave it, for tests that need no real one. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface BuiltRenderer {
  folder: string
  rendererFolder: string
  bridgeFile: string
}

export function buildRenderer(): BuiltRenderer {
  const folder = mkdtempSync(join(tmpdir(), 'fanoscope-shell-'))
  const rendererFolder = join(folder, 'renderer')
  mkdirSync(join(rendererFolder, 'assets'), { recursive: true })
  mkdirSync(join(folder, 'preload'))
  writeFileSync(
    join(rendererFolder, 'index.html'),
    '<!doctype html><html><head><meta charset="utf-8"><script type="module" src="./assets/index-abc.js"></script></head><body></body></html>',
  )
  writeFileSync(join(rendererFolder, 'assets/index-abc.js'), 'document.title = "ready"')
  writeFileSync(join(rendererFolder, 'assets/index-abc.js.map'), '{}')
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  const bridgeFile = join(folder, 'preload', 'browser.js')
  writeFileSync(bridgeFile, 'globalThis.fanoscope = {}')
  return { folder, rendererFolder, bridgeFile }
}
