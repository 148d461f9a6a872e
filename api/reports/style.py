"""How does a report look on A4 paper and on a screen?"""

CSS = """
@page { size: A4; margin: 15mm 14mm 17mm;
  @bottom-center { content: counter(page) " / " counter(pages); font-size: 8pt; color: #667; } }
* { box-sizing: border-box; }
html { font: 9.5pt/1.5 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
  "WenQuanYi Micro Hei", system-ui, sans-serif; color: #1a2330;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
body { margin: 0 auto; max-width: 190mm; }
@media screen { body { padding: 12mm 8mm; } }
header { border-bottom: 2.5pt solid #22405e; padding-bottom: 3mm; margin-bottom: 5mm; }
h1 { font-size: 19pt; line-height: 1.25; margin: 0; letter-spacing: .02em; }
.sub { font-size: 11.5pt; color: #445164; margin: 1.5mm 0 0; }
h2 { font-size: 12.5pt; margin: 7mm 0 2mm; padding-left: 2.5mm; border-left: 3.5pt solid #22405e; break-after: avoid; }
h3 { font-size: 10.5pt; margin: 5mm 0 1.5mm; break-after: avoid; }
h3 small { font-weight: normal; color: #667; margin-left: 2mm; }
table { width: 100%; border-collapse: collapse; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { text-align: left; font-size: 8.5pt; font-weight: 600; color: #445164; border-bottom: 1.2pt solid #22405e;
  padding: 1mm 1.5mm; white-space: nowrap; vertical-align: bottom; }
td { border-bottom: .5pt solid #d5dae1; padding: 1.1mm 1.5mm; vertical-align: top; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.strong { font-weight: 700; }
.short { white-space: nowrap; } .wide { min-width: 20mm; overflow-wrap: anywhere; }
.facts th { border: 0; border-bottom: .5pt solid #d5dae1; width: 46mm; font-size: 9pt;
  vertical-align: top; white-space: normal; }
ol { margin: 0; padding-left: 5mm; } li { margin: 0 0 .8mm; }
.grade { display: inline-block; white-space: nowrap; padding: .2mm 2mm; border-radius: 1mm; border-left: 2.5pt solid;
  font-size: 8.5pt; }
.green { background: #ddefd9; border-color: #2f7d32; } .blue { background: #d6e6f5; border-color: #1f68b0; }
.yellow { background: #fff3c4; border-color: #b58900; } .orange { background: #fbddbf; border-color: #c65d00; }
.red { background: #f6c9c5; border-color: #b3211a; } .grey { background: #e4e4e4; border-color: #777; }
.note { background: #fff3c4; border-left: 3.5pt solid #b58900; padding: 1.5mm 3mm; margin: 3mm 0 0; }
.none { color: #667; }
svg { display: block; margin: 1mm 0; }
.sign { display: flex; gap: 6mm; margin-top: 14mm; break-inside: avoid; }
.sign div { flex: 1; border-top: .7pt solid #1a2330; padding-top: 1mm; font-size: 8.5pt; color: #445164; }
.new { break-before: page; }
"""
