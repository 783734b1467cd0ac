import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { useFolderPickerStore } from '../../../src/renderer/data/folder-picker.ts'
import { type FakeBridge, installFakeBridge } from '../fake-bridge.ts'

let bridge: FakeBridge
beforeEach(() => {
  bridge = installFakeBridge()
  bridge.answer('folder.choose', () => ({ supported: false, path: null }))
  setActivePinia(createPinia())
})

it('begins where the same question was answered last, and not in the folder of another', async () => {
  const picker = useFolderPickerStore()
  const asked = async (question: string): Promise<string | null> => {
    void picker.choose(question)
    await expect.poll(() => picker.open && picker.title === question).toBe(true)
    return picker.startsAt
  }
  expect(await asked('Where does the camera write to?')).toBe(null)
  picker.showed('/camera')
  picker.finish('/camera')
  expect(await asked('Where to export to?')).toBe(null)
  picker.finish(null)
  expect(await asked('Where does the camera write to?')).toBe('/camera')
})
