-- Sales tax of credit memos. One row per credit memo and tax line.
with

credit_memos as (
    select * from documents.credit_memo
),

tax_lines as (
    select
        realm_id,
        id as credit_memo_id,
        generate_subscripts(document.TxnTaxDetail.TaxLine, 1) as tax_line_no,
        unnest(document.TxnTaxDetail.TaxLine) as tax_line,
    from credit_memos
),

final as (
    select
        realm_id,
        credit_memo_id,
        tax_line_no,
        tax_line.TaxLineDetail.TaxRateRef.value as tax_rate_id,

        tax_line.Amount::decimal(18, 2) as tax_amount,
        tax_line.TaxLineDetail.NetAmountTaxable::decimal(18, 2) as taxable_amount,
        tax_line.TaxLineDetail.TaxPercent as tax_percent,

        tax_line.TaxLineDetail.PercentBased as is_percent_based,
    from tax_lines
)

select * from final
