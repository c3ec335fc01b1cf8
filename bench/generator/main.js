/**
 * One workload against one server: `node main.js '<JSON: {target, workload, options}>'`; the result goes to
 * standard output as JSON.
 */
import { across } from './across.js'
import { burst, history, idle, join } from './bursts.js'
import { paced } from './paced.js'

const workloads = { across, burst, history, idle, join, paced }

const { target, workload, options } = JSON.parse(process.argv[2])
const run = /** @type {Record<string, (target: any, options: any) => Promise<unknown>>} */ (workloads)[workload]
try {
  process.stdout.write(`${JSON.stringify(await run(target, options))}\n`, () => process.exit(0))
} catch (error) {
  process.stderr.write(`${workload}: ${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
