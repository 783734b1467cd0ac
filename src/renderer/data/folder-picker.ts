/** Asks for a folder or a file, with the system's dialog where the host has one, else with our own. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { call } from '../bridge.ts'

export const useFolderPickerStore = defineStore('folder-picker', () => {
  const open = ref(false)
  const title = ref('')
  /** Of the files that can be chosen; null where a folder is asked for. */
  const endings = ref<readonly string[] | null>(null)
  /**
   * Where each question was looked for last. One question does not open in the folder of another: an export would
   * begin in the folder that the camera writes to.
   */
  const lastFolders = new Map<string, string>()
  /** The folder to begin with; null is the person's own. */
  const startsAt = ref<string | null>(null)
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
    startsAt.value = lastFolders.get(question) ?? null
    endings.value = wanted
    open.value = true
    return new Promise((resolve) => {
      answer = resolve
    })
  }

  /** Notes which folder is shown for the present question. */
  function showed(folder: string): void {
    if (open.value) lastFolders.set(title.value, folder)
  }

  function finish(path: string | null): void {
    open.value = false
    answer?.(path)
    answer = null
  }

  return { open, title, endings, startsAt, showed, choose, chooseFile, finish }
})
