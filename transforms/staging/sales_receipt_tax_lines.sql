-- One row per sales receipt and tax rate that was charged.
with

sales_receipts as (
    select * from documents.sales_receipt
),

tax_lines as (
    select
        realm_id,
        id as sales_receipt_id,
        generate_subscripts(document.TxnTaxDetail.TaxLine, 1) as tax_line_no,
        unnest(document.TxnTaxDetail.TaxLine) as tax_line,
    from sales_receipts
),

final as (
    select
        tax_line_no,  -- Position of the tax line in the sales receipt, from 1.

        tax_line.Amount::decimal(18, 2) as tax_amount,  -- Tax charged at the rate, in the sales receipt's currency.
        tax_line.TaxLineDetail.NetAmountTaxable::decimal(18, 2)
            as taxable_amount,  -- Amount the rate was charged on, in the sales receipt's currency, over all lines it applies to.
        tax_line.TaxLineDetail.TaxPercent as tax_pct,  -- Rate that was charged, in percent: 8.5 is 8.5 %.
        tax_line.TaxLineDetail.PercentBased as is_percent_based,  -- True where the tax is a percentage, false where it is a fixed amount.

        realm_id,  -- QuickBooks company id (realm).

        sales_receipt_id,  -- QuickBooks id of the sales receipt.
        tax_line.TaxLineDetail.TaxRateRef.value as tax_rate_id,  -- Tax rate that was charged.
    from tax_lines
)

select * from final
