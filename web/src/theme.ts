import { createTheme, type MantineColorsTuple } from "@mantine/core";

const night: MantineColorsTuple = [
  "#d7dde8",
  "#aab4c5",
  "#8390a5",
  "#5d6a80",
  "#3c4759",
  "#273040",
  "#1b222e",
  "#131922",
  "#0d1219",
  "#080c11",
];

const signal: MantineColorsTuple = [
  "#e4f5ff",
  "#cbe7fb",
  "#98cef5",
  "#61b4f0",
  "#3a9eeb",
  "#2390e9",
  "#1289e9",
  "#0076d0",
  "#0069bb",
  "#005ba6",
];

/** Small type, square corners, one accent: the screen is for figures. */
export const theme = createTheme({
  primaryColor: "signal",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  defaultRadius: "sm",
  colors: { dark: night, signal },
  fontFamily: "'Inter Variable', ui-sans-serif, system-ui, sans-serif",
  fontFamilyMonospace:
    "'JetBrains Mono Variable', ui-monospace, 'SF Mono', 'Cascadia Code', 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: "11px", sm: "12.5px", md: "13.5px", lg: "15px", xl: "18px" },
  cursorType: "pointer",
});
