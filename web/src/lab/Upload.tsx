import { Alert, Button, FileInput, Group, Modal, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { sentence } from "../api/errors";
import { bring, type FileWords } from "../api/lab";
import type { History } from "../api/types";
import classes from "./LabForm.module.css";

const TAKEN = ".csv,.txt,.gz,.zip,.parquet,.feather,.arrow";
const MENDING = [
  { value: "", label: "refuse a file with faults" },
  { value: "drop", label: "leave impossible bars out" },
  { value: "first", label: "… of bars with one time keep the first" },
  { value: "last", label: "… of bars with one time keep the last" },
  { value: "fill", label: "make impossible bars flat" },
];

/** Imports a file of bars from this computer. */
export function Upload({ onBrought }: { onBrought: (history: History) => void }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="compact-xs" variant="default" className={classes.upload} onClick={() => setOpen(true)}>
        Import a file…
      </Button>
      {isOpen && <UploadModal onBrought={onBrought} onClose={() => setOpen(false)} />}
    </>
  );
}

function UploadModal({ onBrought, onClose }: { onBrought: (history: History) => void; onClose: () => void }) {
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [words, setWords] = useState<FileWords>({});
  const sending = useMutation({
    mutationFn: (chosen: File) => bring(chosen, words),
    onSuccess: (brought) => {
      client.invalidateQueries({ queryKey: ["get", "/api/v1/histories"] });
      onBrought(brought);
    },
  });
  const set = (name: keyof FileWords, value: string) => {
    const { [name]: _before, ...others } = words;
    setWords(value === "" ? others : { ...others, [name]: value });
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={<b>Import a history</b>}
      closeButtonProps={{ "aria-label": "Close" }}
      centered
    >
      <Stack gap="xs">
        <FileInput
          size="xs"
          label="File"
          description="CSV (also MetaTrader's and Binance's exports), .gz, .zip, Parquet, Feather; 512 MB at most"
          placeholder="Choose a file"
          accept={TAKEN}
          value={file}
          onChange={setFile}
          data-autofocus
        />
        <Group grow gap="xs" align="start">
          <TextInput
            size="xs"
            label="Symbol"
            placeholder="as the file is named"
            onChange={(event) => set("symbol", event.currentTarget.value)}
          />
          <TextInput
            size="xs"
            label="Timeframe"
            placeholder="as its times show"
            onChange={(event) => set("timeframe", event.currentTarget.value)}
          />
        </Group>
        <Group grow gap="xs" align="start">
          <TextInput
            size="xs"
            label="Time zone"
            placeholder="UTC, where it says none"
            onChange={(event) => set("zone", event.currentTarget.value)}
          />
          <NativeSelect
            size="xs"
            label="Faults"
            data={MENDING}
            onChange={(event) => set("mend", event.currentTarget.value)}
          />
        </Group>
        {sending.error && (
          <Alert color="red" p="xs" role="alert" className={classes.told}>
            {sentence(sending.error)}
          </Alert>
        )}
        {sending.data && (
          <Text size="sm" role="status" className={classes.told}>
            {sending.data.told}
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" size="xs" onClick={onClose}>
            {sending.data ? "Done" : "Cancel"}
          </Button>
          <Button
            size="xs"
            disabled={file === null}
            loading={sending.isPending}
            onClick={() => file && sending.mutate(file)}
          >
            Import
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
