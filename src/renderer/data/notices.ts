/** Short messages in a corner: they never take the focus, and failures stay until they are closed. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { FailureData } from '../../shared/failure.ts'
import { asFailure, failureWords } from '../failure.ts'
import { i18n } from '../i18n/index.ts'

export interface Notice {
  id: number
  tone: 'good' | 'info' | 'bad'
  title: string
  detail: string
  action: { label: string; run: () => void } | null
}

const shownFor = 6000
/** Somebody must be able to reach what it offers, also by keyboard. */
const shownWithAction = 20_000

export const useNoticesStore = defineStore('notices', () => {
  const notices = ref<Notice[]>([])
  let next = 1

  function close(id: number): void {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }

  function add(notice: Omit<Notice, 'id'>): number {
    const id = next++
    notices.value = [...notices.value.slice(-3), { ...notice, id }]
    if (notice.tone !== 'bad')
      setTimeout(() => close(id), notice.action === null ? shownFor : shownWithAction)
    return id
  }

  /** @returns its number, by which it is closed where it is no longer true */
  function tell(tone: 'good' | 'info', title: string, detail = '', action: Notice['action'] = null): number {
    return add({ tone, title, detail, action })
  }

  function fail(thrown: unknown): FailureData {
    const failure = asFailure(thrown)
    const { title, remedy } = failureWords(failure, i18n.global.locale.value)
    add({ tone: 'bad', title, detail: remedy, action: null })
    return failure
  }

  return { notices, tell, fail, close }
})
