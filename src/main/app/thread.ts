/** The program of every thread of main: it runs whichever task of the table it is sent. */
import { serveTasks } from '../threads/serve.ts'
import { threadTasks } from './thread-tasks.ts'

export default serveTasks(threadTasks)
