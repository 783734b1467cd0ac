import { createRouter, createWebHashHistory, type RouteRecordRaw, type Router } from 'vue-router'

const lastScreenKey = 'fanoscope.screen'

/** One line for each screen. While no workspace is open, those that need one lead to the start screen. */
const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/datasets' },
  { path: '/start', name: 'start', component: () => import('./screens/start/StartScreen.vue') },
  {
    path: '/datasets/:dataset?',
    name: 'datasets',
    component: () => import('./screens/datasets/DatasetsScreen.vue'),
  },
  { path: '/label/:dataset?', name: 'label', component: () => import('./screens/label/LabelScreen.vue') },
  { path: '/train', name: 'train', component: () => import('./screens/train/TrainScreen.vue') },
  { path: '/train/:run', name: 'training', component: () => import('./screens/train/TrainingScreen.vue') },
  { path: '/review/:run?', name: 'review', component: () => import('./screens/review/ReviewScreen.vue') },
  {
    path: '/thresholds/:run?',
    name: 'thresholds',
    component: () => import('./screens/thresholds/ThresholdsScreen.vue'),
  },
  { path: '/live', name: 'live', component: () => import('./screens/live/LiveScreen.vue') },
  { path: '/runs/:run?', name: 'runs', component: () => import('./screens/runs/RunsScreen.vue') },
  {
    path: '/curation/:run?',
    name: 'curation',
    component: () => import('./screens/curation/CurationScreen.vue'),
  },
  { path: '/settings', name: 'settings', component: () => import('./screens/settings/SettingsScreen.vue') },
  { path: '/:rest(.*)*', redirect: '/' },
]

export function createAppRouter(workspaceIsOpen: () => boolean): Router {
  const router = createRouter({ history: createWebHashHistory(), routes })
  router.beforeEach((to) => {
    if (!workspaceIsOpen()) return to.name === 'start' || to.name === 'settings' ? true : { name: 'start' }
    return to.name === 'start' ? { name: 'datasets' } : true
  })
  router.afterEach((to) => {
    if (to.name !== 'start') localStorage.setItem(lastScreenKey, to.fullPath)
  })
  const last = localStorage.getItem(lastScreenKey)
  if (location.hash === '' && last !== null) void router.replace(last)
  return router
}
