/** How wide and high an object is; a number that is written there and left, or sent by Enter, is its new size. */
import { useEffect, useRef } from "react";
import { t } from "../i18n";
import { LARGEST, type Side, type Sizes, SMALLEST } from "./sizes";

interface SizeFieldsProps {
  /** Of an element or a group. */
  readonly id: string;
  readonly sizes: Sizes;
}

export function SizeFields({ id, sizes }: SizeFieldsProps) {
  if (!sizes.of(id)) return null;
  return (
    <div className="outline-sizes">
      <SizeField key={`${id} width`} label={t("Width")} side="width" {...{ id, sizes }} />
      <SizeField key={`${id} height`} label={t("Height")} side="height" {...{ id, sizes }} />
    </div>
  );
}

interface SizeFieldProps extends SizeFieldsProps {
  readonly side: Side;
  readonly label: string;
}

function SizeField({ id, side, label, sizes }: SizeFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const now = () => Math.round(sizes.of(id)?.[side] ?? 0);
  useEffect(() => {
    const { current } = field;
    if (current && current !== document.activeElement) current.value = String(now());
  });
  const take = () => {
    const { current } = field;
    if (!current) return;
    if (current.valueAsNumber !== now()) sizes.set(id, side, current.valueAsNumber);
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
        <input
          ref={field}
          type="number"
          min={SMALLEST}
          max={LARGEST}
          defaultValue={now()}
          onBlur={take}
        />
      </label>
    </form>
  );
}
