/** Keeps rescued work on this device until it is done again: beside the copy, which is given up. */
import * as idb from "lib0/indexeddb";
import { RESCUED_SUFFIX } from "../copies";
import type { Work } from "./rescue";

const STORE = "work";
/** So often in a row a page may give up its copy; after that something else is wrong. */
const MOST_AT_ONCE = 3;
const WINDOW_MS = 120_000;

async function open(key: string): Promise<IDBDatabase> {
  return idb.openDB(key + RESCUED_SUFFIX, (db) =>
    idb.createStores(db, [[STORE, { autoIncrement: true }]]),
  );
}

/** Keeps it; rejects when this browser stores nothing. */
export async function keepWork(key: string, work: Work): Promise<void> {
  const db = await open(key);
  const [store] = idb.transact(db, [STORE]);
  if (store) await idb.addAutoKey(store, work as unknown as string);
  db.close();
}

/** What is kept; nothing when it cannot be read. */
export async function keptWork(key: string): Promise<Work[]> {
  try {
    // Looking must not make one: what a device keeps of a board is its copy and nothing else.
    const names = (await indexedDB.databases()).map(({ name }) => name);
    if (!names.includes(key + RESCUED_SUFFIX)) return [];
    const db = await open(key);
    const [store] = idb.transact(db, [STORE], "readonly");
    const work = store ? ((await idb.getAll(store)) as Work[]) : [];
    db.close();
    return work;
  } catch {
    return [];
  }
}

/** It is in the document again. */
export async function forgetWork(key: string): Promise<void> {
  await idb.deleteDB(key + RESCUED_SUFFIX).catch(() => {});
}

/** Whether a page may give up its copy now; counts it if so. */
export function mayRescue(key: string, now: number): boolean {
  const name = `${key}:rescues`;
  const times = (JSON.parse(sessionStorage.getItem(name) ?? "[]") as number[]).filter(
    (time) => time > now - WINDOW_MS,
  );
  if (times.length >= MOST_AT_ONCE) return false;
  sessionStorage.setItem(name, JSON.stringify([...times, now]));
  return true;
}
