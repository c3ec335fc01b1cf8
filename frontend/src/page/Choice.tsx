/** One of a few, as radio buttons below a legend. */

interface ChoiceProps<Name extends string> {
  readonly legend: string;
  readonly chosen: Name;
  readonly labels: Readonly<Partial<Record<Name, string>>>;
  /** What cannot be chosen now is false. */
  readonly can?: Readonly<Record<Name, boolean>>;
  readonly onChoose: (name: Name) => void;
  readonly className?: string;
}

export function Choice<Name extends string>(props: ChoiceProps<Name>) {
  const { legend, chosen, labels, can, onChoose, className } = props;
  const entries = Object.entries(labels) as [Name, string][];
  return (
    <fieldset className={className ? `choices ${className}` : "choices"}>
      <legend>{legend}</legend>
      {entries.map(([name, label]) => (
        <label key={name}>
          <input
            type="radio"
            name={legend}
            checked={chosen === name}
            disabled={can?.[name] === false}
            onChange={() => onChoose(name)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
