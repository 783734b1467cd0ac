import { expect, it, vi } from 'vitest'
import { fakeElectron } from './shell/fake-electron.ts'

it('is loaded before Electron is ready, which becomes ready only when this has been loaded', async () => {
  const { electron, app } = fakeElectron()
  app.whenReady = () => new Promise(() => undefined)
  vi.doMock('electron', () => electron)
  await import('../../src/main/index.ts')
  // What must be done before that moment is done.
  expect(app.acts).toContain('schemes')
})
