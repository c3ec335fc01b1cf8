/** REST for the page: one call with the page's credentials, and what its refusals mean. */
import type { BoardConfig } from "../config";
import { t } from "../i18n";
import { csrfToken } from "../language";
import { here } from "../prefix";

/** The server refused a request. */
export class ApiError extends Error {
  readonly status: number;
  /** Whether a limit of the board or its owner is reached: waiting alone does not help. */
  private readonly isFull: boolean;

  constructor(status: number, message: string, isFull = false) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.isFull = isFull;
  }

  /** Whether trying again would get the same answer; false for overload and server errors. */
  get isFinal(): boolean {
    return this.isFull || (this.status < 500 && this.status !== 429 && this.status !== 408);
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Calls an address below the board's, like `comments`; gives the decoded answer, `null` of an empty
 * one. Throws `ApiError` when refused, and what `fetch` throws when nobody answers.
 */
export async function callBoard(
  config: BoardConfig,
  method: Method,
  path: string,
  body?: unknown,
): Promise<unknown> {
  return await decoded(await call(config, method, boardUrl(config, path), body));
}

/** The same for any address of REST, like `libraries`; gives the answer, also 304. A file is JSON. */
export function callApi(
  config: BoardConfig,
  method: Method,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Response> {
  return call(config, method, here(`/api/v1/${path}`), body, headers, signal);
}

async function call(
  config: BoardConfig,
  method: Method,
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Response> {
  const response = await fetch(url, {
    method,
    credentials: "same-origin",
    headers: {
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(method === "GET" ? {} : { "X-CSRFToken": csrfToken(config) }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  if (!response.ok && response.status !== 304) throw await refusalOf(response);
  return response;
}

/** A file below the board's address, with these options. Throws as `callBoard`, and when aborted. */
export async function fileOfBoard(
  config: BoardConfig,
  path: string,
  options: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Blob> {
  const url = new URL(boardUrl(config, path));
  for (const [name, value] of Object.entries(options)) url.searchParams.set(name, value);
  const response = await fetch(url, { credentials: "same-origin", signal });
  if (!response.ok) throw await refusalOf(response);
  return await response.blob();
}

async function refusalOf(response: Response): Promise<ApiError> {
  const answer = await decoded(response);
  const problem = problemIn(answer, response.status);
  return new ApiError(response.status, problem, isAboutQuota(answer));
}

/** Whether a refusal says that a quota is reached. */
export function isAboutQuota(answer: unknown): boolean {
  return (
    typeof answer === "object" && answer !== null && "code" in answer && answer.code === "quota"
  );
}

/** The full address; a page opened through the public link also uses it here. */
function boardUrl(config: BoardConfig, path: string): string {
  const url = new URL(here(`/api/v1/boards/${config.boardId}/${path}`), location.origin);
  if (config.entry === "public") url.searchParams.set("public", "1");
  return url.href;
}

async function decoded(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch {
    // Not JSON: a proxy answered.
    return null;
  }
}

/** What the server says is wrong: `detail`, or the first field's first problem. */
function problemIn(answer: unknown, status: number): string {
  if (typeof answer === "object" && answer !== null) {
    const found = Object.values(answer as Record<string, unknown>).flat()[0];
    if (typeof found === "string") return found;
  }
  return t("The server could not do this ({status}).", { status });
}

/** What to tell a person about an error. */
export function problemText(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return t("The server is not answering. Try again when you are connected.");
}
