import classes from "./LabForm.module.css";
import { SchemaField } from "./SchemaField";
import type { Field, Values } from "./schema";

interface FieldsProps {
  fields: readonly Field[];
  values: Values;
  errors: Values;
  examples?: Values;
  onChange: (name: string, value: string) => void;
}

/** Fields beside each other as far as there is room. */
export function Fields({ fields, values, errors, examples = {}, onChange }: FieldsProps) {
  return (
    <div className={classes.fields}>
      {fields.map((field) => (
        <SchemaField
          key={field.name}
          field={field}
          value={values[field.name] ?? ""}
          error={errors[field.name]}
          placeholder={examples[field.name]}
          onChange={(value) => onChange(field.name, value)}
        />
      ))}
    </div>
  );
}
