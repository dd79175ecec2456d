-- Sales tax of purchases. One row per purchase and tax line.
with

purchases as (
    select * from documents.purchase
),

tax_lines as (
    select
        realm_id,
        id as purchase_id,
        generate_subscripts(document.TxnTaxDetail.TaxLine, 1) as tax_line_no,
        unnest(document.TxnTaxDetail.TaxLine) as tax_line,
    from purchases
),

final as (
    select
        realm_id,
        purchase_id,
        tax_line_no,
        tax_line.TaxLineDetail.TaxRateRef.value as tax_rate_id,

        tax_line.Amount::decimal(18, 2) as tax_amount,
        tax_line.TaxLineDetail.NetAmountTaxable::decimal(18, 2) as taxable_amount,
        tax_line.TaxLineDetail.TaxPercent as tax_percent,

        tax_line.TaxLineDetail.PercentBased as is_percent_based,
    from tax_lines
)

select * from final
