import { Popover, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { loadSections } from "./sections";
import classes from "./WhyRefused.module.css";

/** A refusal's code; opens its section of the documentation: what happened, why the rule exists, what to do. */
export function WhyRefused({ code }: { code: string }) {
  const { data } = useQuery({
    queryKey: ["refusals"],
    queryFn: loadSections,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const section = data?.get(code);
  if (section === undefined) return <code className={classes.code}>{code}</code>;
  return (
    <Popover width={380} position="bottom-start" shadow="md" withArrow>
      <Popover.Target>
        <button type="button" className={classes.link}>
          {code}: why, and what to do
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {section.map((paragraph) => (
          <Text key={paragraph} size="sm" mb={6}>
            {paragraph}
          </Text>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
