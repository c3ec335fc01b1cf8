/** The folders of a space that drawings come to: those they were in, made where they are missing. */
import { here } from "../prefix";

interface Folder {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
}

/** Where a drawing comes to. */
export interface Kept {
  readonly folder: string | undefined;
  /** The inner folders that could not be made: too deep, too many, or of a name that is too long. */
  readonly rest: readonly string[];
}

export class Folders {
  /** Null where a folder could not be made. */
  readonly #ids = new Map<string, string | null>();
  readonly #address: string;
  #known: Promise<void> | null = null;

  /** `top` is the folder that the list shows, if it shows one. */
  constructor(
    space: string,
    private readonly top: string | undefined,
    private readonly csrf: string,
    private readonly signal: AbortSignal,
  ) {
    this.#address = here(`/api/v1/spaces/${space}/folders`);
  }

  /** The folder at the end of a path, made if it is not there. Rejects if there is no connection. */
  async at(path: readonly string[]): Promise<Kept> {
    if (path.length === 0) return { folder: this.top, rest: [] };
    this.#known ??= this.#read();
    await this.#known;
    let folder = this.top;
    for (const [depth, name] of path.entries()) {
      const key = keyOf(folder, name);
      let id = this.#ids.get(key);
      if (id === undefined) {
        id = await this.#make(folder, name);
        this.#ids.set(key, id);
      }
      if (id === null) return { folder, rest: path.slice(depth) };
      folder = id;
    }
    return { folder, rest: [] };
  }

  async #read(): Promise<void> {
    const answer = await fetch(this.#address, {
      credentials: "same-origin",
      signal: this.signal,
    });
    if (!answer.ok) return; // the answer to the first drawing says what is wrong
    for (const { id, name, parent } of (await answer.json()) as Folder[]) {
      const key = keyOf(parent ?? undefined, name);
      if (!this.#ids.has(key)) this.#ids.set(key, id);
    }
  }

  async #make(parent: string | undefined, name: string): Promise<string | null> {
    const answer = await fetch(this.#address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrf },
      credentials: "same-origin",
      body: JSON.stringify({ name, parent: parent ?? null }),
      signal: this.signal,
    });
    return answer.ok ? ((await answer.json()) as Folder).id : null;
  }
}

function keyOf(parent: string | undefined, name: string): string {
  return `${parent ?? ""}/${name}`;
}
