/**
 * One request at a time, and of what is asked for meanwhile only the last.
 *
 * The promise of the call that began a row of requests ends with the value that was sent last; those of calls in
 * between end with `undefined` at once. A failed request ends the row: what was asked for behind it is dropped.
 */
export function lastWins<T>(send: (value: T) => Promise<unknown>): (value: T) => Promise<T | undefined> {
  let isBusy = false;
  let wanted: T;
  return async (value) => {
    wanted = value;
    if (isBusy) return undefined;
    isBusy = true;
    try {
      let sent: T;
      do {
        sent = wanted;
        await send(sent);
      } while (sent !== wanted);
      return sent;
    } finally {
      isBusy = false;
    }
  };
}
