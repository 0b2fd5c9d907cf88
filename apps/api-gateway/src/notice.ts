/** The pool on the read model. */
export const readPool = Symbol('read pool');

/** Stands wherever performance is shown. */
export interface Notice {
  readonly notice: string;
  readonly paperMoney: true;
}

export const notice: Notice = { notice: "Past results don't guarantee future results.", paperMoney: true };
