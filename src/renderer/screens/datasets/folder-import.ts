/**
 * The import of a folder from its choice to its report: where it stands, and what a person may do next. A folder that
 * was dropped is first brought to a host that cannot read it by itself.
 */
import { computed, type Ref, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import type { FailureData } from '../../../shared/failure.ts'
import type { FolderPreview, ImportCorrection, ImportReport } from '../../../shared/import.ts'
import type { Job } from '../../../shared/job.ts'
import type { SampleRange } from '../../../shared/sample-range.ts'
import { call, sendDropped } from '../../bridge.ts'
import { useDatasetsStore } from '../../data/datasets.ts'
import { type DroppedFolder, sendFolder } from '../../data/dropped-folder.ts'
import { useFolderPickerStore } from '../../data/folder-picker.ts'
import { progressOf, useJobsStore } from '../../data/jobs.ts'
import { useNoticesStore } from '../../data/notices.ts'
import { asFailure } from '../../failure.ts'
import { useFormats } from '../../i18n/format.ts'
import { correctedGroups, correctionsOf } from './corrections.ts'

type Layout = 'auto' | 'mvtec' | 'flat'

/** @param open whether the dialog is on screen */
export function useFolderImport(open: Readonly<Ref<boolean>>) {
  const { t } = useI18n()
  const formats = useFormats()
  const datasets = useDatasetsStore()
  const jobs = useJobsStore()
  const picker = useFolderPickerStore()
  const notices = useNoticesStore()

  const preview = ref<FolderPreview | null>(null)
  const inspecting = ref(false)
  const name = ref('')
  const layout = ref<Layout>('auto')
  const corrections = ref<ReadonlyMap<string, ImportCorrection>>(new Map())
  /** The folders as they were found before a person said anything of them. */
  const asDetected = ref<FolderPreview['groups']>([])
  const followLinks = ref(false)
  /** The folder that was chosen, also where it could not be previewed. */
  const chosen = ref<string | null>(null)
  const hasDirection = ref(false)
  /** Which values are black and white, as a person confirmed it. */
  const range = ref<SampleRange | null>(null)
  /** A dropped folder on its way to the host: its share, 0 to 1. */
  const bringing = ref<{ name: string; share: number; stop: AbortController } | null>(null)
  /** One that has arrived, until it is imported or given up. */
  const drop = ref<{ id: string; name: string } | null>(null)
  const jobId = ref<string | null>(null)
  const report = ref<ImportReport | null>(null)
  const failure = ref<FailureData | null>(null)
  /** A folder of links only: it can be imported where they are followed. */
  const hasOnlyLinks = computed(
    () => failure.value?.code === 'folder-empty' && failure.value.params.case === 'links',
  )

  const job = computed<Job | null>(() => (jobId.value === null ? null : (jobs.byId.get(jobId.value) ?? null)))
  const step = computed(() => {
    if (report.value !== null) return 'report'
    if (jobId.value !== null) return 'running'
    if (bringing.value !== null) return 'bringing'
    return preview.value !== null || inspecting.value ? 'preview' : 'choose'
  })
  const addsTo = computed(
    () => datasets.datasets.find((dataset) => dataset.name === name.value.trim()) ?? null,
  )
  const groups = computed(() =>
    correctedGroups(asDetected.value, corrections.value, preview.value?.groups ?? []),
  )
  const taken = computed(() => groups.value.filter(({ skip, holds }) => !skip && holds === 'photographs'))
  const shownFiles = computed(() => taken.value.reduce((sum, group) => sum + group.files, 0))
  /** Of a folder with more subfolders than a window shows, the count of all of them. */
  const files = computed(() => {
    const { groupCount = 0, groups: shown = [], files: all = 0 } = preview.value ?? {}
    return groupCount > shown.length ? all : shownFiles.value
  })
  const normalTraining = computed(() =>
    taken.value
      .filter(({ label }) => label === 'normal' || label === 'from-mask')
      .reduce((sum, group) => sum + group.files, 0),
  )
  const secondsLeft = computed(() =>
    job.value === null ? null : (progressOf(job.value)?.secondsLeft ?? null),
  )

  function reset(): void {
    preview.value = null
    jobId.value = null
    report.value = null
    failure.value = null
    name.value = ''
    layout.value = 'auto'
    corrections.value = new Map()
    asDetected.value = []
    chosen.value = null
    followLinks.value = false
    hasDirection.value = false
    range.value = null
  }

  /** Deletes the copy of a dropped folder that was not imported. */
  function giveUp(): void {
    bringing.value?.stop.abort()
    bringing.value = null
    const left = drop.value
    drop.value = null
    if (left !== null) void call('drop.end', { id: left.id }).catch((thrown) => notices.fail(thrown))
  }

  watch(open, (now) => {
    if (!now) {
      if (jobId.value === null) giveUp()
      return
    }
    // An import that still runs is shown again, a finished one is not.
    if (job.value === null || job.value.state !== 'running') reset()
  })
  watch(
    [open, () => datasets.importFrom],
    ([now, folder]) => {
      if (!now || folder === null) return
      datasets.importFrom = null
      void inspect(folder)
    },
    { immediate: true },
  )
  watch(
    [open, () => datasets.importDropped],
    ([now, folder]) => {
      if (!now || folder === null) return
      datasets.importDropped = null
      void bring(folder)
    },
    { immediate: true },
  )
  watch(layout, (as) => {
    if (preview.value !== null && as !== shownLayout) void look(preview.value.folder, as)
  })
  watch(followLinks, async () => {
    if (chosen.value === null || inspecting.value) return
    await look(chosen.value, layout.value)
    if (name.value === '') name.value = preview.value?.suggestedName ?? ''
  })
  // Without those photographs nothing is confirmed of them either; where they come back, it is asked again.
  watch(
    () => preview.value?.rangeNeeded ?? null,
    (needed) => {
      if (needed === null) range.value = null
    },
  )
  watch(addsTo, (known) => {
    hasDirection.value = known?.hasDirection ?? false
  })

  /** Brings a folder to a host that cannot read it by itself. */
  async function bring(folder: DroppedFolder): Promise<void> {
    giveUp()
    reset()
    const stop = new AbortController()
    bringing.value = { name: folder.name, share: 0, stop }
    try {
      const { name: folderName, entries, bytes } = folder
      const begun = await call('drop.begin', { name: folderName, files: entries.length, bytes })
      drop.value = { id: begun.id, name: folderName }
      await sendFolder(
        folder,
        (path, file) => sendDropped(begun.id, path, file),
        (done) => {
          if (bringing.value !== null)
            bringing.value = { ...bringing.value, share: bytes === 0 ? 1 : done / bytes }
        },
        stop.signal,
      )
      if (stop.signal.aborted) return
      bringing.value = null
      await inspect(begun.folder)
    } catch (thrown) {
      if (stop.signal.aborted) return
      giveUp()
      failure.value = asFailure(thrown)
    }
  }

  async function choose(): Promise<void> {
    try {
      const folder = await picker.choose(t('import.question'))
      if (folder === null) return
      giveUp()
      await inspect(folder)
    } catch (thrown) {
      failure.value = asFailure(thrown)
    }
  }

  async function inspect(folder: string): Promise<void> {
    reset()
    chosen.value = folder
    await look(folder, 'auto')
    name.value = preview.value?.suggestedName ?? ''
  }

  /** The layout that is shown; what a layout makes of the folders is asked for before anything is written. */
  let shownLayout: Layout = 'auto'
  const detected = ref<'mvtec' | 'flat'>('flat')

  async function look(folder: string, as: Layout): Promise<void> {
    inspecting.value = true
    failure.value = null
    try {
      const found = await call('folder.inspect', { path: folder, layout: as, followLinks: followLinks.value })
      shownLayout = as
      preview.value = found
      asDetected.value = found.groups
      if (as === 'auto') detected.value = found.layout
      // With another layout there may be other groups of folders.
      corrections.value = new Map()
    } catch (thrown) {
      failure.value = asFailure(thrown)
      // The folder does not have that layout, so what is shown stays as it was.
      layout.value = shownLayout
    } finally {
      inspecting.value = false
    }
  }

  /** Each look has a number, as a later one may be answered first. */
  let looks = 0

  /** Looks again with what a person said: which mask belongs to which photograph may follow from it. */
  async function lookAgain(): Promise<void> {
    const { value: shown } = preview
    if (shown === null || shownFiles.value === 0) return
    looks += 1
    const number = looks
    inspecting.value = true
    try {
      const found = await call('folder.inspect', {
        path: shown.folder,
        layout: shownLayout,
        followLinks: followLinks.value,
        corrections: correctionsOf(asDetected.value, corrections.value),
      })
      if (number === looks) preview.value = found
    } catch (thrown) {
      failure.value = asFailure(thrown)
    } finally {
      if (number === looks) inspecting.value = false
    }
  }

  function correct(correction: ImportCorrection): void {
    corrections.value = new Map([...corrections.value, [correction.path, correction]])
    void lookAgain()
  }

  async function start(): Promise<void> {
    if (preview.value === null) return
    failure.value = null
    try {
      const started = await call('dataset.import', {
        folder: preview.value.folder,
        dataset: name.value.trim(),
        layout: layout.value,
        hasDirection: hasDirection.value,
        followLinks: followLinks.value,
        range: preview.value.rangeNeeded === null ? null : range.value,
        corrections: correctionsOf(asDetected.value, corrections.value),
      })
      // From here on the copy belongs to the import, which deletes it at its end.
      drop.value = null
      jobId.value = started.job
      const ended = await jobs.end(started.job)
      if (ended.state === 'done') report.value = await call('dataset.importReport', { job: started.job })
      else {
        failure.value = ended.failure
        jobId.value = null
      }
    } catch (thrown) {
      failure.value = asFailure(thrown)
      jobId.value = null
    }
  }

  async function stop(): Promise<void> {
    if (jobId.value !== null) await jobs.cancel(jobId.value)
  }

  async function exportReport(): Promise<void> {
    const id = jobId.value
    if (id === null) return
    try {
      const folder = await picker.choose(t('report.exportTo'))
      if (folder === null) return
      const { file, rows } = await call('dataset.exportReport', { job: id, folder })
      notices.tell('good', t('report.exported', { count: formats.value.count(rows) }, rows), file)
    } catch (thrown) {
      failure.value = asFailure(thrown)
    }
  }

  return {
    preview,
    inspecting,
    name,
    layout,
    detected,
    followLinks,
    hasOnlyLinks,
    hasDirection,
    range,
    bringing,
    drop,
    job,
    report,
    failure,
    step,
    addsTo,
    groups,
    files,
    normalTraining,
    secondsLeft,
    reset,
    choose,
    correct,
    start,
    stop,
    exportReport,
  }
}
