/** Asks for a folder or a file, with the system's dialog where the host has one, else with our own. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { call } from '../bridge.ts'

export const useFolderPickerStore = defineStore('folder-picker', () => {
  const open = ref(false)
  const title = ref('')
  /** Of the files that can be chosen; null where a folder is asked for. */
  const endings = ref<readonly string[] | null>(null)
  let answer: ((path: string | null) => void) | null = null

  /** The chosen path, or null where the dialog was cancelled. */
  async function choose(question: string): Promise<string | null> {
    const native = await call('folder.choose', { title: question })
    return native.supported ? native.path : askHere(question, null)
  }

  /** The same for a file whose name has one of these endings. */
  async function chooseFile(question: string, wanted: readonly string[]): Promise<string | null> {
    const native = await call('file.choose', { title: question, endings: [...wanted] })
    return native.supported ? native.path : askHere(question, wanted)
  }

  function askHere(question: string, wanted: readonly string[] | null): Promise<string | null> {
    finish(null)
    title.value = question
    endings.value = wanted
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

  return { open, title, endings, choose, chooseFile, finish }
})
