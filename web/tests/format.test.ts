import { describe, expect, it } from "vitest";
import { direction, money, NONE, price, quantity, signedMoney } from "../src/money/format";
import { total } from "../src/money/sum";

describe("money", () => {
  it("keeps digits that a float would lose", () => {
    expect(money("9007199254740993.015", 3)).toBe("9,007,199,254,740,993.015");
    expect(total(["0.1", "0.2"])).toBe("0.3");
  });

  it.each([
    ["0.125", "0.12"],
    ["0.135", "0.14"],
    ["-1234.5", "\u22121,234.50"],
    ["999.999", "1,000.00"],
  ])("rounds %s half to even: %s", (value, shown) => expect(money(value)).toBe(shown));

  it("never shows a negative zero", () => expect(money("-0.001")).toBe("0.00"));

  it("says that it does not know, rather than zero", () => {
    expect(money(null)).toBe(NONE);
    expect(signedMoney(undefined)).toBe(NONE);
  });
});

describe("won or lost", () => {
  it.each([
    ["12.3", "+12.30", "up"],
    ["-12.3", "\u221212.30", "down"],
    ["0", "0.00", "flat"],
  ])("%s carries its sign and points one way", (value, shown, way) => {
    expect(signedMoney(value)).toBe(shown);
    expect(direction(value)).toBe(way);
  });

  it.each(["0.003", "-0.003"])("%s is shown as nothing and points nowhere", (value) => {
    expect(signedMoney(value)).toBe("0.00");
    expect(direction(value, 2)).toBe("flat");
  });
});

describe("prices and quantities", () => {
  it("shows a price to its tick, so that columns stay in line", () => {
    expect(price("67000", "0.1")).toBe("67,000.0");
    expect(price("1.084", "0.00001")).toBe("1.08400");
    expect(price("151.3345", "1")).toBe("151");
  });

  it("drops zeros that say nothing from quantities, and no others", () => {
    expect(quantity("0.01200")).toBe("0.012");
    expect(quantity("10000")).toBe("10,000");
    expect(quantity("0.00000001")).toBe("0.00000001");
  });
});
