/** The colours of what is selected: the first ones of the editor's own. */
import { t } from "../i18n";
import { type ColourRow, colourRows } from "./editorButtons";

interface ColoursProps {
  readonly editor: HTMLElement;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

export function Colours({ editor, isOpen, onToggle }: ColoursProps) {
  const rows = colourRows(editor);
  const chosen = rows.at(0)?.colours.find(({ isChosen }) => isChosen);
  return (
    <div className="selection-part">
      <button
        type="button"
        className="icon-button"
        aria-label={t("Colours")}
        aria-expanded={isOpen}
        title={t("Colours")}
        onClick={onToggle}
      >
        <Swatch
          value={chosen?.value ?? "conic-gradient(#e03131, #f08c00, #2f9e44, #1971c2, #e03131)"}
        />
      </button>
      {isOpen && (
        <div className="selection-more selection-colours">
          {rows.map((row) => (
            <Row key={row.label} {...row} />
          ))}
        </div>
      )}
    </div>
  );
}

function Row({ label, colours }: ColourRow) {
  return (
    <fieldset aria-label={label}>
      {colours.map(({ value, isChosen, press }) => {
        const name = `${label}: ${names()[value] ?? value}`;
        return (
          <button
            key={value}
            type="button"
            className="icon-button"
            aria-label={name}
            aria-pressed={isChosen}
            title={name}
            onClick={press}
          >
            <Swatch value={value} />
          </button>
        );
      })}
    </fieldset>
  );
}

function Swatch({ value }: { readonly value: string }) {
  const isNone = value === "transparent";
  return (
    <span
      className="selection-swatch"
      data-none={isNone}
      style={isNone ? undefined : { background: value }}
    />
  );
}

/** What people call the editor's first colours. */
function names(): Readonly<Record<string, string>> {
  return {
    "#1e1e1e": t("Black"),
    "#e03131": t("Red"),
    "#2f9e44": t("Green"),
    "#1971c2": t("Blue"),
    "#f08c00": t("Orange"),
    transparent: t("None"),
    "#ffc9c9": t("Pink"),
    "#b2f2bb": t("Light green"),
    "#a5d8ff": t("Light blue"),
    "#ffec99": t("Yellow"),
  };
}
