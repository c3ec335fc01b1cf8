/** All libraries of a person on this page: which there are, and what keeps them up to date. */
import type { BoardConfig } from "../config";
import { Listeners } from "../listeners";
import type { ApiError } from "../page/boardApi";
import { ownName } from "../prefix";
import type { BoardSession } from "../sync/session";
import { Device } from "./device";
import { infosOf, type LibraryInfo, LibraryServer, MINE } from "./server";
import { LibraryStore } from "./store";

const RETRY_MS = 20_000;
const OWN: LibraryInfo = {
  ...{ id: MINE, kind: "person", name: "", canChange: true, revision: 0, count: 0 },
};

export class Libraries {
  private readonly device: Device;
  /** `null` where everything stays on this device. */
  readonly server: LibraryServer | null;
  private readonly stores = new Map<string, LibraryStore>();
  private readonly tabs: BroadcastChannel;
  private readonly listeners = new Listeners();
  private infos: readonly LibraryInfo[] = [OWN];
  /** Calls `listener` whenever `list()` changes; returns how to stop that. */
  readonly subscribe = this.listeners.add;
  /** Is told what the server refused. */
  onProblem: (error: ApiError) => void = () => {};

  constructor(config: BoardConfig, session: BoardSession) {
    const { id } = config.user;
    this.device = new Device(id);
    this.server = id === null ? null : new LibraryServer(config);
    this.tabs = new BroadcastChannel(ownName(`canvas-libraries:${id ?? "guest"}`));
    this.tabs.onmessage = ({ data }) => void this.stores.get(String(data))?.reload();
    session.onEvent((event) => {
      // After the first, at every connection: what was missed while there was none.
      if (event.type === "libraries" || event.type === "access") void this.sync();
    });
    window.addEventListener("online", this.sync);
    setInterval(() => this.unsent > 0 && void this.sync(), RETRY_MS);
    void this.begin();
  }

  readonly list = (): readonly LibraryInfo[] => this.infos;

  /** Whether everything stays on this device. */
  get isLocal(): boolean {
    return this.server === null;
  }

  /** The library with this id; asks for it when it is first wanted. */
  store(id: string): LibraryStore {
    const { device, server } = this;
    const present = this.stores.get(id);
    if (present) return present;
    const store = new LibraryStore({
      id,
      device,
      server,
      onKept: () => {
        this.tabs.postMessage(id);
        this.note();
      },
      onProblem: (error) => this.onProblem(error),
    });
    this.stores.set(id, store);
    void store.sync();
    return store;
  }

  /** Asks which libraries there are, and what is new in those that are used. Never rejects. */
  readonly sync = async (): Promise<void> => {
    if (!this.server) return;
    try {
      const infos = await this.server.list();
      this.show(infos);
      await this.device.keepList(infos);
    } catch {
      // Nobody answers: what is known stays.
    }
    await Promise.all([...this.stores.values()].map((store) => store.sync()));
    this.note();
  };

  private async begin(): Promise<void> {
    const kept = infosOf(await this.device.list());
    if (kept.length > 0) this.show(kept);
    await this.store(MINE).loaded;
    await this.sync();
  }

  private show(infos: readonly LibraryInfo[]): void {
    this.infos = infos;
    this.listeners.call();
  }

  private get unsent(): number {
    return [...this.stores.values()].reduce((sum, { unsent }) => sum + unsent, 0);
  }

  private note(): void {
    this.device.note(this.unsent, this.store(MINE).items()?.length ?? 0);
  }
}

const ofSession = new WeakMap<BoardSession, Libraries>();

/** The libraries of this page; they begin when they are first asked for, and stay. */
export function librariesOf(config: BoardConfig, session: BoardSession): Libraries {
  const libraries = ofSession.get(session) ?? new Libraries(config, session);
  ofSession.set(session, libraries);
  return libraries;
}
