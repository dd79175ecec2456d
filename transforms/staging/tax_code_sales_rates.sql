-- Rates a tax code charges on sales. One row per tax code and detail.
with

tax_codes as (
    select * from documents.tax_code
),

details as (
    select
        realm_id,
        id as tax_code_id,
        generate_subscripts(document.SalesTaxRateList.TaxRateDetail, 1) as detail_no,
        unnest(document.SalesTaxRateList.TaxRateDetail) as detail,
    from tax_codes
),

final as (
    select
        realm_id,
        tax_code_id,
        detail_no,
        detail.TaxRateRef.value as tax_rate_id,

        detail.TaxTypeApplicable as applies_on,
        detail.TaxOrder as tax_order,
    from details
)

select * from final
