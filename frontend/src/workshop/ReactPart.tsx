/** Reactions: by button, or by their key and a digit. */
import { type KeyboardEvent, useEffect, useMemo, useState } from "react";
import { t } from "../i18n";
import { shortcutText, WORKSHOP_KEYS } from "../keys/shortcuts";
import { useShortcuts } from "../keys/useShortcuts";
import { EMOJI, type Emoji } from "./others";
import { Popover } from "./Popover";
import type { PartProps } from "./parts";
import { Reactions } from "./reactions";

export function ReactPart({ session, board, canComment }: PartProps) {
  const reactions = useMemo(
    () => new Reactions(board, session.connection.provider.awareness),
    [board, session],
  );
  useEffect(() => () => reactions.destroy(), [reactions]);
  const [opening, setOpening] = useState(0);
  useShortcuts({ [WORKSHOP_KEYS.react]: () => setOpening(opening + 1) });
  if (!canComment) return null;
  return (
    <Popover label={t("React")} opening={opening}>
      {() => <Choice onChoose={reactions.send} />}
    </Popover>
  );
}

function Choice({ onChoose }: { readonly onChoose: (emoji: Emoji) => void }) {
  const names: Record<Emoji, string> = {
    "👍": t("Thumbs up"),
    "❤️": t("Heart"),
    "🎉": t("Celebration"),
    "😄": t("Laughing"),
    "🤔": t("Thinking"),
    "👏": t("Applause"),
  };
  const onKey = ({ key }: KeyboardEvent) => {
    const emoji = EMOJI[Number(key) - 1];
    if (emoji) onChoose(emoji);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: digits are a shorter way to the buttons
    <div className="workshop-choices" onKeyDown={onKey}>
      {EMOJI.map((emoji, at) => (
        <button
          key={emoji}
          type="button"
          className="icon-button workshop-emoji"
          aria-label={names[emoji]}
          title={`${names[emoji]} (${shortcutText(WORKSHOP_KEYS.react)} ${at + 1})`}
          onClick={() => onChoose(emoji)}
        >
          {emoji}
        </button>
      ))}
    </div>
  );
}
