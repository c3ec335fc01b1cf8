/**
 * How wide and high an object is, and how far it is turned; a number that is written there and left,
 * or sent by Enter, is taken.
 */
import { useEffect, useRef } from "react";
import { t } from "../i18n";
import { LARGEST, type Sizes, SMALLEST } from "./sizes";

interface SizeFieldsProps {
  /** Of an element or a group. */
  readonly id: string;
  readonly sizes: Sizes;
}

export function SizeFields({ id, sizes }: SizeFieldsProps) {
  const size = { min: SMALLEST, max: LARGEST };
  const hasSize = sizes.of(id) !== null;
  const hasAngle = sizes.angleOf(id) !== null;
  if (!hasSize && !hasAngle) return null;
  return (
    <div className="outline-sizes">
      {hasSize && (
        <>
          <NumberField
            key={`${id} width`}
            label={t("Width")}
            now={() => Math.round(sizes.of(id)?.width ?? 0)}
            set={(width) => sizes.set(id, "width", width)}
            {...size}
          />
          <NumberField
            key={`${id} height`}
            label={t("Height")}
            now={() => Math.round(sizes.of(id)?.height ?? 0)}
            set={(height) => sizes.set(id, "height", height)}
            {...size}
          />
        </>
      )}
      {hasAngle && (
        <NumberField
          key={`${id} angle`}
          label={t("Angle, °")}
          now={() => sizes.angleOf(id) ?? 0}
          set={(degrees) => sizes.setAngle(id, degrees)}
          min={-360}
          max={360}
        />
      )}
    </div>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly now: () => number;
  readonly set: (value: number) => void;
  readonly min: number;
  readonly max: number;
}

function NumberField({ label, now, set, min, max }: NumberFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const { current } = field;
    if (current && current !== document.activeElement) current.value = String(now());
  });
  const take = () => {
    const { current } = field;
    if (!current) return;
    if (current.valueAsNumber !== now()) set(current.valueAsNumber);
    // What was not taken is not shown as if it were.
    current.value = String(now());
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        take();
      }}
    >
      <label className="field outline-size">
        {label}
        <input ref={field} type="number" min={min} max={max} defaultValue={now()} onBlur={take} />
      </label>
    </form>
  );
}
