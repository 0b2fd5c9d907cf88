/** What the parts of the notifier are given by. */
export const notifierPool = Symbol('notifier pool');
export const notifierConfig = Symbol('notifier configuration');
