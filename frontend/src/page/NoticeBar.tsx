import { useState } from "react";
import { Notice } from "./Notice";

interface NoticeBarProps {
  /** What the server has to say about this visit. */
  readonly notice: string | null;
}

/** Shows it until it is put away. */
export function NoticeBar({ notice }: NoticeBarProps) {
  const [isDismissed, setIsDismissed] = useState(false);
  if (!notice || isDismissed) return null;
  return (
    <div role="status">
      <Notice onDismiss={() => setIsDismissed(true)}>
        <p>{notice}</p>
      </Notice>
    </div>
  );
}
