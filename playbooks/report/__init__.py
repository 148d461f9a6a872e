"""The report of an audit: one evidence set, printed as JSON, HTML for A4 and a workbook with equal numbers."""
