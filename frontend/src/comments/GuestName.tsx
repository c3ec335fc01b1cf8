/** The name that a guest writes under. */
import { useId, useRef, useState } from "react";
import { lengths } from "../../../boards/shared.json";
import { shortened } from "../characters";
import { t } from "../i18n";
import type { Writer } from "./Composer";

const MAX_LENGTH = lengths.guestName;

/** Asks a guest for a name, once; later shows it with a way to change it. */
export function useGuestName({ isGuest, kept }: Writer, isAsked: boolean) {
  const id = useId();
  const [name, setName] = useState(kept.guestName);
  const [isOpen, setOpen] = useState(name === "");
  const [isMissing, setMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  if (!isGuest || !isAsked) return { field: null, accept: () => true };
  const accept = () => {
    const given = name.trim();
    setMissing(given === "");
    if (given === "") input.current?.focus();
    else kept.guestName = given;
    setOpen(given === "");
    return given !== "";
  };
  const field = isOpen ? (
    <div className="field">
      <label htmlFor={id}>{t("Your name, as others will see it")}</label>
      <input
        ref={input}
        id={id}
        value={name}
        autoComplete="nickname"
        aria-invalid={isMissing}
        aria-describedby={isMissing ? `${id}-problem` : undefined}
        onChange={(event) => setName(shortened(event.target.value, MAX_LENGTH))}
      />
      {isMissing && (
        <p id={`${id}-problem`} className="field-error" role="alert">
          {t("Enter your name first.")}
        </p>
      )}
    </div>
  ) : (
    <p className="composer-as">
      {t("As {name}", { name })}{" "}
      <button type="button" className="link-button" onClick={() => setOpen(true)}>
        {t("Change")}
      </button>
    </p>
  );
  return { field, accept };
}
