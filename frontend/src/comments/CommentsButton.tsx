import { t, tn } from "../i18n";
import { CommentIcon } from "../page/icons";

interface CommentsButtonProps {
  readonly unread: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

/** Opens the list of comments; a dot says that there is something to read. */
export function CommentsButton({ unread, isOpen, onToggle }: CommentsButtonProps) {
  const news = unread > 0 ? tn(unread, "one unread thread", "{n} unread threads") : "";
  const label = news ? t("Comments, {news}", { news }) : t("Comments");
  return (
    <button
      type="button"
      className="icon-button board-comments"
      aria-label={label}
      aria-expanded={isOpen}
      title={label}
      onClick={onToggle}
    >
      <CommentIcon />
      {unread > 0 && <span className="unread-dot" />}
    </button>
  );
}
