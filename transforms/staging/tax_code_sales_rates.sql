-- One row per tax code and rate that it charges on sales.
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
        detail_no,  -- Position of the rate in the tax code, from 1.
        detail.TaxTypeApplicable as applies_on,  -- What the rate is charged on: TaxOnAmount, TaxOnAmountPlusTax or TaxOnTax.

        detail.TaxOrder as tax_order,  -- Order in which the rates of the code are charged.

        realm_id,  -- QuickBooks company id (realm).

        tax_code_id,  -- QuickBooks id of the tax code.
        detail.TaxRateRef.value as tax_rate_id,  -- Tax rate that the code charges.
    from details
)

select * from final
