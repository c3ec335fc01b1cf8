/** Icons drawn here so that no icon package is needed. */
import type { ReactNode } from "react";

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const BackIcon = () => (
  <Icon>
    <path d="M15 5l-7 7 7 7" />
  </Icon>
);

export const ShareIcon = () => (
  <Icon>
    <circle cx="9" cy="8" r="3.25" />
    <path d="M3.5 19c.6-3 2.8-4.75 5.5-4.75S13.9 16 14.5 19M18 8v6M15 11h6" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6L6 18" />
  </Icon>
);

export const ConflictIcon = () => (
  <Icon>
    <path d="M12 4.5 21 20H3zM12 10.5v4M12 17.2v.1" />
  </Icon>
);

export const AlignIcon = () => (
  <Icon>
    <path d="M4.5 3.5v17M8 6.5h11v4H8zM8 14h6.5v4H8z" />
  </Icon>
);

export const LockIcon = ({ isOpen }: { readonly isOpen: boolean }) => (
  <Icon>
    <path d="M6 11h12v8.5H6z" />
    <path d={isOpen ? "M9 11V8a3 3 0 0 1 5.8-1.1" : "M9 11V8a3 3 0 0 1 6 0v3"} />
  </Icon>
);

export const LibraryIcon = () => (
  <Icon>
    <path d="M4 4h6.5v6.5H4zM13.5 20h6.5v-6.5h-6.5zM4 16.75a3.25 3.25 0 1 0 6.5 0 3.25 3.25 0 1 0-6.5 0M16.75 3.5l3.75 7H13z" />
  </Icon>
);

export const NoteIcon = () => (
  <Icon>
    <path d="M5 4.5h14v9.25L13.25 19.5H5zM19 13.75h-5.75v5.75" />
  </Icon>
);

export const DiagramIcon = () => (
  <Icon>
    <path d="M9 4h6v5H9zM3.5 15h6v5h-6zM14.5 15h6v5h-6zM12 9v3M6.5 15v-3h11v3" />
  </Icon>
);

export const CommentIcon = () => (
  <Icon>
    <path d="M12 4.5c4.7 0 8.25 3 8.25 7s-3.55 7-8.25 7c-1 0-2-.15-2.9-.4L4.5 20l1.2-3.6c-1.25-1.25-1.95-2.95-1.95-4.9 0-4 3.55-7 8.25-7z" />
  </Icon>
);

export const PresentIcon = () => (
  <Icon>
    <path d="M4 4.5h16M5 4.5v10.5h14V4.5M12 15v3M8.5 20.5 12 18l3.5 2.5M10.5 7.5v4.5l4-2.25z" />
  </Icon>
);

export const HistoryIcon = () => (
  <Icon>
    <path d="M4.5 12a7.5 7.5 0 1 0 2.4-5.5L4.5 8.7M4.5 4.5v4.2h4.2M12 8v4.3l2.8 1.7" />
  </Icon>
);

export const ActivityIcon = () => (
  <Icon>
    <path d="M4 6h2M9 6h11M4 12h2M9 12h11M4 18h2M9 18h11" />
  </Icon>
);

export const HelpIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.25" />
    <path d="M9.75 9.75a2.3 2.3 0 1 1 3.4 2c-.75.4-1.15.9-1.15 1.75M12 16.2v.1" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <circle cx="10.5" cy="10.5" r="6" />
    <path d="M15 15l5 5" />
  </Icon>
);

export const FileIcon = () => (
  <Icon>
    <path d="M12 4v10M8 10.5l4 4 4-4M5 19.5h14" />
  </Icon>
);

export const PrintIcon = () => (
  <Icon>
    <path d="M7 9V4h10v5M7 17H4.5V9h15v8H17M7 14h10v6H7z" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="M5 12.5l4.5 4.5L19 7.5" />
  </Icon>
);

export const ReopenIcon = () => (
  <Icon>
    <path d="M5 9h9a5 5 0 0 1 0 10H9M5 9l4-4M5 9l4 4" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon>
    <path d="M12 5.5v13M5.5 12h13" />
  </Icon>
);

export const OutlineIcon = () => (
  <Icon>
    <path d="M4 5h16M10 12h10M10 19h10M5 8v11h2M5 12h2" />
  </Icon>
);

export const RenameIcon = () => (
  <Icon>
    <path d="M4 20h4L19 9l-4-4L4 16v4zM13 7l4 4" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <rect x="8" y="8" width="12" height="12" rx="2" />
    <path d="M16 8V6a2 2 0 00-2-2H6a2 2 0 00-2 2v8a2 2 0 002 2h2" />
  </Icon>
);

export const TrashIcon = () => (
  <Icon>
    <path d="M5 7h14M10 11v6M14 11v6M7 7l1 12a1 1 0 001 1h6a1 1 0 001-1l1-12M9 7V4h6v3" />
  </Icon>
);

export const AddFileIcon = () => (
  <Icon>
    <path d="M13 4H7a1 1 0 00-1 1v14a1 1 0 001 1h10a1 1 0 001-1V9zM13 4v5h5M12 12v5M9.5 14.5h5" />
  </Icon>
);

export const WorkshopIcon = () => (
  <Icon>
    <path d="M12 8v5l3 2M9 3h6" />
    <circle cx="12" cy="13" r="8" />
  </Icon>
);
