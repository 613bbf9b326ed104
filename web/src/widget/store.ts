/**
 * One immutable value that can be watched. The console uses signals; the widget, which every page of a portal
 * loads, does without their 3.5 kB and without hooks: its interface is a function of this value, and the few
 * components that hold something of their own are classes.
 */
export class Store<T> {
  constructor(
    private current: T,
    private readonly changed: () => void,
  ) {}

  get value(): T {
    return this.current;
  }

  /** Replaces the fields given. */
  set(change: Partial<T>): void {
    this.current = { ...this.current, ...change };
    this.changed();
  }
}
