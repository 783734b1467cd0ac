/** The program of every thread of main: it does whichever task of the table it is asked for. */
import { serveTasks } from '../threads/serve.ts'
import { threadTasks } from './thread-tasks.ts'

export default serveTasks(threadTasks)
