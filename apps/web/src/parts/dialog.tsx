import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

import { Button } from "./basics.tsx";

interface SheetProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Hides the title bar; the title still names the dialog. */
  readonly bare?: boolean;
  readonly wide?: boolean;
}

/** A dialog over the page; Esc and a press outside close it. */
export function Sheet({ title, onClose, children, bare = false, wide = false }: SheetProps): ReactNode {
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => !open && onClose()}
      className="fixed inset-0 z-50 flex items-end justify-center bg-veil sm:items-start sm:pt-[12vh]"
    >
      <Modal
        className={`arriving marked max-h-[92dvh] w-full overflow-y-auto rounded-t-card bg-surface shadow-overlay sm:rounded-card ${wide ? "sm:max-w-measure" : "sm:max-w-dialog"}`}
      >
        <Dialog aria-label={title} className="outline-none">
          {!bare && (
            <div className="flex items-center justify-between border-b border-line py-2.5 ps-5 pe-2.5">
              <Heading slot="title" className="text-18 font-semibold">
                {title}
              </Heading>
              <Button look="quiet" icon="close" aria-label="Close" onPress={onClose} />
            </div>
          )}
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
