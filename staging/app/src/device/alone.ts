/** One app, one process: nobody else sends. */
export async function alone(_name: string, work: () => Promise<void>): Promise<void> {
  await work();
}
