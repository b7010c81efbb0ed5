/** Things to be done at simulated times, in order of time to the second, and within a second in order of entry. */
export class Calendar<Task> {
  readonly #seconds = new Map<number, Task[]>();
  #done = 0;

  add(atMs: number, task: Task): void {
    const second = Math.max(this.#done, Math.ceil(atMs / 1000));
    const tasks = this.#seconds.get(second);
    if (tasks) tasks.push(task);
    else this.#seconds.set(second, [task]);
  }

  /** Takes everything that is due. */
  *due(nowMs: number): Generator<Task> {
    for (; this.#done <= nowMs / 1000; this.#done++) {
      // A task may enter another for the same second.
      for (const task of this.#seconds.get(this.#done) ?? []) yield task;
      this.#seconds.delete(this.#done);
    }
  }
}
