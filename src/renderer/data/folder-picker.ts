/** Asks for a folder, with the system's dialog where the host has one, else with our own. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { call } from '../bridge.ts'

export const useFolderPickerStore = defineStore('folder-picker', () => {
  const open = ref(false)
  const title = ref('')
  let answer: ((path: string | null) => void) | null = null

  /** The chosen path, or null where the dialog was cancelled. */
  async function choose(question: string): Promise<string | null> {
    const native = await call('folder.choose', { title: question })
    if (native.supported) return native.path
    finish(null)
    title.value = question
    open.value = true
    return new Promise((resolve) => {
      answer = resolve
    })
  }

  function finish(path: string | null): void {
    open.value = false
    answer?.(path)
    answer = null
  }

  return { open, title, choose, finish }
})
