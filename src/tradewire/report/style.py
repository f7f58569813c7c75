"""How a report looks: the colours of the dashboard, in the reader's own scheme."""

STYLE = """
:root{color-scheme:light dark;--bg:light-dark(#eef1f5,#080c11);--panel:light-dark(#fff,#0d1219);
--line:light-dark(#dfe4ea,#1b222e);--text:light-dark(#18202b,#d7dde8);--muted:light-dark(#5b6778,#8390a5);
--up:light-dark(#0a7d5a,#2ebd85);--down:light-dark(#c4283b,#f6566b);--accent:light-dark(#0069bb,#61b4f0)}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px 20px 60px;max-width:1180px;background:var(--bg);color:var(--text);
font:14px/1.45 system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:24px;margin:0 0 4px;overflow-wrap:anywhere}h2{font-size:16px;margin:0 0 10px}
h3{font-size:13px;margin:14px 0 6px;color:var(--muted);font-weight:600}
p{margin:4px 0;max-width:80ch}.muted{color:var(--muted)}
section{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:16px;margin-top:16px}
dl.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(160px,1fr));gap:10px;margin:16px 0 0}
dl.tiles div{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
dt{color:var(--muted);font-size:12px}dd{margin:2px 0 0;font-size:18px;white-space:nowrap}
.wide{overflow-x:auto}.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(460px,100%),1fr));gap:0 24px}
.pair>*{min-width:0;margin-top:14px}.heat td,.heat th{padding:4px 5px}
table{border-collapse:collapse;width:100%;font-size:13px}
caption{text-align:left;color:var(--muted);padding:0 0 6px}
th,td{text-align:right;padding:4px 8px;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--muted);font-weight:600}th:first-child,td:first-child,.text{text-align:left}
tr:last-child>*{border-bottom:0}
table.plain{width:auto;min-width:50%}table.plain td{white-space:normal;overflow-wrap:anywhere;text-align:left}
.good{color:var(--up)}.bad{color:var(--down)}
.months td:not(:first-child),
.heat td:not(:first-child){background:color-mix(in srgb,var(--tone,transparent) calc(var(--heat,0)*1%),transparent)}
svg{display:block;width:100%;min-width:620px;height:auto;margin:4px 0}svg text{font-size:11px;fill:var(--muted)}
.grid{stroke:var(--line);fill:none}.cash{stroke:var(--muted);stroke-dasharray:4 4;fill:none}
.line{stroke:var(--accent);stroke-width:1.5;fill:none;stroke-linejoin:round}
.fall{fill:color-mix(in srgb,var(--down) 28%,transparent);stroke:var(--down)}
.candle{opacity:.55}.candle.up{stroke:var(--up);fill:var(--up)}.candle.down{stroke:var(--down);fill:var(--down)}
.trade{fill:none;stroke-width:1.5}.won{stroke:var(--up)}.lost{stroke:var(--down)}
.sum{stroke-width:2.5}.entry{fill:var(--accent);stroke:var(--panel);stroke-width:.8}.entry.short{fill:var(--text)}
.dot{stroke:none;opacity:.55}.dot.won{fill:var(--up)}.dot.lost{fill:var(--down)}
.exit{fill:var(--panel);stroke-width:1.5}
@media print{body{max-width:none;padding:0}section{break-inside:avoid}}
"""
