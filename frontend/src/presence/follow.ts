/** Following somebody: their view becomes mine. The editor shows it; how views travel is done here. */
import { getVisibleSceneBounds, zoomToFitBounds } from "@excalidraw/excalidraw";
import type { ExcalidrawImperativeAPI, SocketId } from "@excalidraw/excalidraw/types";
import type { Awareness } from "y-protocols/awareness";
import { isCoordinate, nearestCoordinate } from "../canvas/bounds";
import { Listeners } from "../listeners";

const SEND_INTERVAL_MS = 66;

type Bounds = [number, number, number, number];

export class Follow {
  private readonly awareness: Awareness;
  private readonly api: ExcalidrawImperativeAPI;
  private followed: string | null = null;
  private followers = "";
  private shownView = "";
  private sendTimer: ReturnType<typeof setTimeout> | null = null;
  private readonly listeners = new Listeners();

  constructor(awareness: Awareness, api: ExcalidrawImperativeAPI) {
    this.awareness = awareness;
    this.api = api;
    api.onUserFollow(({ userToFollow, action }) => {
      this.setFollowed(action === "FOLLOW" ? userToFollow.socketId : null);
    });
    api.onScrollChange(() => this.sendSoon());
    awareness.on("change", this.onChange);
  }

  /** Client id of who is followed; `null`: nobody. */
  readonly followedClient = (): string | null => this.followed;

  readonly subscribe = this.listeners.add;

  /** Follows as if the person's avatar had been clicked: it ends when the user moves the canvas. */
  follow(client: string, username: string): void {
    const userToFollow = { socketId: client as SocketId, username };
    this.api.updateScene({ appState: { userToFollow } });
    this.showFollowed();
  }

  stop(): void {
    this.api.updateScene({ appState: { userToFollow: null } });
  }

  private setFollowed(client: string | null): void {
    this.followed = client;
    this.shownView = "";
    this.awareness.setLocalStateField("follow", client);
    this.listeners.call();
  }

  private readonly onChange = (): void => {
    this.noteFollowers();
    this.showFollowed();
  };

  private noteFollowers(): void {
    const own = String(this.awareness.clientID);
    const followers = [...this.awareness.getStates()]
      .filter(([, state]) => state.follow === own)
      .map(([client]) => String(client));
    if (followers.join() === this.followers) return;
    this.followers = followers.join();
    this.api.updateScene({ appState: { followedBy: new Set(followers as SocketId[]) } });
    this.sendSoon();
  }

  private sendSoon(): void {
    if (this.followers === "" || this.sendTimer !== null) return;
    this.sendTimer = setTimeout(() => {
      this.sendTimer = null;
      const bounds = getVisibleSceneBounds(this.api.getAppState());
      this.awareness.setLocalStateField("view", bounds.map(nearestCoordinate).map(Math.round));
    }, SEND_INTERVAL_MS);
  }

  private showFollowed(): void {
    if (this.followed === null) return;
    const state = this.awareness.getStates().get(Number(this.followed));
    if (!state) {
      this.setFollowed(null);
      this.stop();
      return;
    }
    // Two people who follow each other would move each other in circles.
    if (state.follow === String(this.awareness.clientID) || !isBounds(state.view)) return;
    if (state.view.join() === this.shownView) return;
    this.shownView = state.view.join();
    const { appState } = zoomToFitBounds({
      appState: this.api.getAppState(),
      bounds: state.view,
      fitToViewport: true,
      viewportZoomFactor: 1,
    });
    this.api.updateScene({ appState });
  }
}

function isBounds(view: unknown): view is Bounds {
  if (!Array.isArray(view) || view.length !== 4 || !view.every(isCoordinate)) return false;
  const [left, top, right, bottom] = view as Bounds;
  return right > left && bottom > top;
}
