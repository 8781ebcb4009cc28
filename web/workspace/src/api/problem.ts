import type { Problem } from "../../../contract/agent";

/** A refused or failed request, with the server's stable code. `offline` and `timeout` are our own. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.code);
    this.code = problem.code;
    this.status = status;
    this.problem = problem;
  }
}

/** The stable code of anything that was thrown. */
export function codeOf(error: unknown): string {
  return error instanceof ApiError ? error.code : "unexpected";
}
