/** Creates a stage when its container appears, destroys it with the container, and keeps it as large as that is. */
import { onScopeDispose, type Ref, type ShallowRef, shallowRef, watch } from 'vue'
import type { Size } from '../stage/view.ts'
import { useElementSize } from './element-size.ts'

export function useStage<S extends { resize(size: Size): void; destroy(): void }>(
  container: Readonly<Ref<HTMLDivElement | null>>,
  create: (container: HTMLDivElement) => S,
): Readonly<ShallowRef<S | null>> {
  const stage: ShallowRef<S | null> = shallowRef(null)
  const { width, height } = useElementSize(container)
  watch(container, (element) => {
    const before = stage.value
    const next = element === null ? null : create(element)
    next?.resize({ width: width.value, height: height.value })
    stage.value = next
    before?.destroy()
  })
  watch([width, height], () => stage.value?.resize({ width: width.value, height: height.value }))
  onScopeDispose(() => {
    stage.value?.destroy()
    stage.value = null
  })
  return stage
}
