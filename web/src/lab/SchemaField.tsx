import { NativeSelect, NumberInput, Switch, TextInput } from "@mantine/core";
import type { Field } from "./schema";

interface SchemaFieldProps {
  field: Field;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  placeholder?: string | undefined;
}

const DATES = new Set(["start", "end"]);
const SIZE = "xs";
const UNSET: Readonly<Record<string, string>> = {
  fill: "as the preset says",
  stops_active: "as the preset says",
  inside: "none",
};
const ORDER: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

/** One field of a form that a schema describes: its bounds and its default are shown, and its words are for screen readers too. */
export function SchemaField({ field, value, onChange, error, placeholder }: SchemaFieldProps) {
  const description = told(field) || undefined;
  const own = { size: SIZE, label: field.label, error, description } as const;
  const shared = { ...own, inputWrapperOrder: ORDER };
  switch (field.kind) {
    case "choice": {
      const standard = {
        value: "",
        label: field.standard === "" ? (UNSET[field.name] ?? "not set") : field.standard,
      };
      const others = field.choices.filter((choice) => choice !== field.standard);
      return (
        <NativeSelect
          {...shared}
          value={value === field.standard ? "" : value}
          onChange={(event) => onChange(event.currentTarget.value)}
          data={[standard, ...others]}
        />
      );
    }
    case "flag":
      return (
        <Switch
          {...own}
          checked={(value || field.standard) === "true"}
          onChange={(event) => onChange(String(event.currentTarget.checked))}
        />
      );
    case "whole":
    case "number":
      return (
        <NumberInput
          {...shared}
          value={value}
          onChange={(next) => onChange(String(next))}
          placeholder={placeholder ?? field.standard}
          allowDecimal={field.kind === "number"}
          thousandSeparator=","
          clampBehavior="none"
          {...(field.least === undefined ? {} : { min: field.least })}
          {...(field.most === undefined ? {} : { max: field.most })}
        />
      );
    case "text":
      return (
        <TextInput
          {...shared}
          type={DATES.has(field.name) ? "date" : "text"}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          placeholder={placeholder ?? field.standard}
          autoComplete="off"
          spellCheck={false}
        />
      );
  }
}

function told({ label, description, least, most, isAbove }: Field): string {
  const from = least === undefined ? "" : `${isAbove ? "above" : "from"} ${least}`;
  const bounds = most === undefined ? from : least === undefined ? `up to ${most}` : `${least} to ${most}`;
  const words = description === label ? "" : description;
  return [words, words === "" || bounds === "" ? bounds : `(${bounds})`]
    .filter((part) => part !== "")
    .join(" ");
}
