/** What went wrong, read out at once; nothing when the text is empty. */
export function Problem({ text }: { readonly text: string }) {
  if (!text) return null;
  return (
    <p className="field-error" role="alert">
      {text}
    </p>
  );
}
