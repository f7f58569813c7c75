import { useLocalStorage } from "@mantine/hooks";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";

/** What the person looks at; nothing of the hub's own state lives here. */
export interface Selection {
  symbol: string;
  setSymbol: (symbol: string) => void;
  /** Null: all accounts. */
  account: string | null;
  setAccount: (account: string | null) => void;
  /** What the trace drawer shows. */
  opened: Opened | null;
  openEntry: (entry: Opened | null) => void;
}

/** A signal, or a message that gave none. */
export interface Opened {
  id: string;
  isSignal: boolean;
}

const SelectionContext = createContext<Selection | null>(null);

export function SelectionProvider({ children }: { children: ReactNode }) {
  const [symbol, setSymbol] = useLocalStorage({ key: "tradewire.symbol", defaultValue: "BTCUSDT" });
  const [account, setAccount] = useLocalStorage<string | null>({
    key: "tradewire.account",
    defaultValue: null,
  });
  const [opened, openEntry] = useState<Opened | null>(null);
  const selection = useMemo(
    () => ({ symbol, setSymbol, account, setAccount, opened, openEntry }),
    [symbol, setSymbol, account, setAccount, opened],
  );
  return <SelectionContext value={selection}>{children}</SelectionContext>;
}

export function useSelection(): Selection {
  const selection = useContext(SelectionContext);
  if (selection === null) throw new Error("useSelection needs a SelectionProvider above it");
  return selection;
}
