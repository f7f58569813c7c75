/** Colours of curves that lie over each other, told apart in both schemes and by the colour-blind (after Okabe and Ito). */
const DARK = ["#61b4f0", "#e69f00", "#2ebd85", "#f6566b", "#cc79a7", "#f0e442", "#9b8cf2", "#aab4c5"];
const LIGHT = ["#0069bb", "#b87000", "#0a7d5a", "#c4283b", "#a5427e", "#7d7400", "#5b48c9", "#5b6778"];

export function colourOf(place: number, scheme: "light" | "dark"): string {
  const colours = scheme === "dark" ? DARK : LIGHT;
  return colours[place % colours.length] ?? "";
}
