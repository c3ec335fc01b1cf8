/** Who leads, and what they can do about that. */
import type { Awareness } from "y-protocols/awareness";
import { t } from "../i18n";
import { nameOf } from "../presence/states";
import { Popover } from "./Popover";
import type { PartProps } from "./parts";

export function LeadPart({ store, workshop, isLeading, canEdit, canManage, session }: PartProps) {
  const { lead } = workshop;
  const { awareness } = session.connection.provider;
  if (isLeading) {
    return (
      <Popover label={t("You lead")}>
        {(close) => <OwnLead {...{ store, awareness, close }} />}
      </Popover>
    );
  }
  const name = lead && (lead.name || t("Guest"));
  const mayTake = canEdit && (lead === null || canManage);
  return (
    <>
      <span className="workshop-lead">
        {name === null ? t("Nobody leads") : t("{name} leads", { name })}
      </span>
      {mayTake && (
        <button
          type="button"
          className="button"
          onClick={() => void store.command("POST", "/lead", {})}
        >
          {t("Take the lead")}
        </button>
      )}
    </>
  );
}

interface OwnLeadProps extends Pick<PartProps, "store"> {
  readonly awareness: Awareness;
  readonly close: () => void;
}

function OwnLead({ store, awareness, close }: OwnLeadProps) {
  const people = peopleIn(awareness, store.snapshot().me);
  const hand = (id: string) => {
    close();
    void store.command("POST", "/lead", { to: Number(id) });
  };
  return (
    <>
      <h3>{t("Hand the lead over")}</h3>
      {people.length === 0 && <p>{t("Nobody else with an account is here.")}</p>}
      <ul>
        {people.map(([id, name]) => (
          <li key={id}>
            <button type="button" className="button" onClick={() => hand(id)}>
              {name}
            </button>
          </li>
        ))}
      </ul>
      <p className="workshop-actions">
        <button
          type="button"
          className="button"
          onClick={() => void store.command("DELETE", "/lead")}
        >
          {t("Give the lead up")}
        </button>
        <button
          type="button"
          className="button danger"
          onClick={() => void store.command("DELETE", "")}
        >
          {t("End the workshop")}
        </button>
      </p>
    </>
  );
}

/** The other people with an account who are here, by id. */
function peopleIn(awareness: Awareness, me: string): [string, string][] {
  const people = new Map<string, string>();
  for (const state of awareness.getStates().values()) {
    const id = (state.user as { id?: unknown } | undefined)?.id;
    if (typeof id === "string" && id !== me) people.set(id, nameOf(state));
  }
  return [...people];
}
