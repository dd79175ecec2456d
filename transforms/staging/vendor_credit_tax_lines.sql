-- Sales tax of vendor credits. One row per vendor credit and tax line.
with

vendor_credits as (
    select * from documents.vendor_credit
),

tax_lines as (
    select
        realm_id,
        id as vendor_credit_id,
        generate_subscripts(document.TxnTaxDetail.TaxLine, 1) as tax_line_no,
        unnest(document.TxnTaxDetail.TaxLine) as tax_line,
    from vendor_credits
),

final as (
    select
        realm_id,
        vendor_credit_id,
        tax_line_no,
        tax_line.TaxLineDetail.TaxRateRef.value as tax_rate_id,

        tax_line.Amount::decimal(18, 2) as tax_amount,
        tax_line.TaxLineDetail.NetAmountTaxable::decimal(18, 2) as taxable_amount,
        tax_line.TaxLineDetail.TaxPercent as tax_percent,

        tax_line.TaxLineDetail.PercentBased as is_percent_based,
    from tax_lines
)

select * from final
